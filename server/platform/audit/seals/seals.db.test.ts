import { desc, sql } from "drizzle-orm";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { auditEvents, auditSeals } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { seededRandom } from "#server/stats/random.ts";
import { undone } from "#server/testing/permissions/undone.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { record } from "../record.ts";
import { openWriters, readHorizon, sealEntries } from "./seal-entries.ts";
import { verifySeals } from "./verify-seals.ts";

const now = new Date("2026-05-08T12:00:00.000Z");

/** Seals everything that is final, in seals of at most so many entries. */
async function sealAll(ctx: Context, limit?: number): Promise<void> {
  const horizon = await readHorizon(ctx.db);
  if ((await openWriters(ctx.db, horizon)).length > 0) return;
  while ((await sealEntries(ctx.db, horizon.id, now, limit)) > 0);
}

/** A database of its own with 20 sealed entries, with a gap in their ids, in seals of 6, and two that are not sealed. */
async function sealedLog() {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const entry = (number: number) => ({
    subject: `endpoint/${number}`,
    before: number % 2 ? { weight: 0.1, zone: "a" } : undefined,
    after: { weight: 1 + number, nested: { list: [1, "zwei", null] } },
    reason: number % 3 ? `Reason ${number}` : undefined,
  });
  const by = { ...ctx, actor: { ...ctx.actor, address: "192.0.2.7" } };
  for (let number = 1; number <= 20; number++) {
    await record(by, "endpoint.updated", entry(number));
    if (number === 9) await undone(by, (ctx) => record(ctx, "endpoint.updated", entry(0)));
  }
  await sealAll(ctx, 6);
  for (const number of [21, 22]) await record(by, "endpoint.updated", entry(number));
  return ctx;
}

const sealed = await sealedLog();
const intact = await verifySeals(sealed.db);

/** What verification finds after a statement, which is undone. */
const found = (statement: string) =>
  undone(sealed, async ({ db }) => {
    const { rowCount } = await db.execute(sql.raw(statement));
    expect(rowCount).toBeGreaterThan(0);
    return (await verifySeals(db)).problem;
  });

test("verifies an intact log, and counts what is not sealed yet", async () => {
  const [newest] = await sealed.db.select().from(auditSeals).orderBy(desc(auditSeals.number)).limit(1);
  expect(intact).toEqual({ seals: 4, entries: 20, head: newest?.hash, unsealed: 2, problem: null });
  expect(await sealed.db.$count(auditSeals)).toBe(4);
});

test.each([
  ["at", "at + interval '1 microsecond'"],
  ["workspace_id", "null"],
  ["actor_kind", "'token'"],
  ["actor_id", "actor_id || ' '"],
  ["actor_name", "upper(actor_name)"],
  ["action", "'endpoint.created'"],
  ["subject", "subject || '0'"],
  ["before", `'{"weight": 0.10, "zone": "a"}'`],
  ["before", "null"],
  ["after", `jsonb_set(after, '{nested,list,1}', '"drei"')`],
  ["reason", "reason || '.'"],
  ["reason", "''"],
  ["address", "'192.0.2.8'"],
])("finds a changed %s (%s) and names the entry", async (column, value) => {
  for (const id of [1, 7, 20]) {
    expect(await found(`update audit_events set ${column} = ${value} where id = ${id}`)).toBe(
      `Entry ${id} was changed, or exchanged with another. It belongs to seal ${Math.min(4, Math.ceil(id / 6))}.`,
    );
  }
});

test("finds any changed byte of any text", async () => {
  const random = seededRandom(1);
  const texts = ["actor_id", "actor_name", "action", "subject"];
  for (let round = 0; round < 40; round++) {
    const column = texts[Math.floor(random() * texts.length)];
    const id = 1 + Math.floor(random() * 9);
    const place = `1 + floor(${random()} * length(${column}))::int`;
    const changed = `overlay(${column} placing '~' from ${place} for 1)`;
    const problem = await found(`update audit_events set ${column} = ${changed} where id = ${id}`);
    expect(problem).toContain(`Entry ${id} was changed`);
  }
});

test("finds each removed entry, and all of them", async () => {
  const ids = (await sealed.db.select({ id: auditEvents.id }).from(auditEvents)).map(({ id }) => id);
  for (const id of ids.toSorted((a, b) => a - b).slice(0, 20)) {
    expect(await found(`delete from audit_events where id = ${id}`)).toContain(`Entry ${id} was removed`);
  }
  expect(await found("delete from audit_events")).toContain("Entry 1 was removed");
  expect(await found("delete from workspaces")).toContain("Entry 1 was removed");
});

test.each([-3, 0, 10])("finds an entry inserted as number %d", async (id) => {
  const columns = "workspace_id, at, actor_kind, actor_id, actor_name, action, subject";
  const copied = `insert into audit_events (id, ${columns}) overriding system value select ${id}, ${columns} from audit_events where id = 5`;
  expect(await found(copied)).toContain(`Entry ${id} was inserted`);
});

test("finds entries in another order", async () => {
  const swap = (one: number, other: number) =>
    found(`
      update audit_events set subject = other.subject, before = other.before, after = other.after, reason = other.reason,
        at = other.at
      from audit_events other
      where (audit_events.id, other.id) in ((${one}, ${other}), (${other}, ${one}))`);
  expect(await swap(3, 4)).toContain("Entry 3 was changed, or exchanged");
  expect(await swap(6, 13)).toContain("Entry 6 was changed, or exchanged");
  expect(await found("update audit_events set id = default where id = 4")).toContain("Entry 4 was removed");
});

test.each([
  ["number", "number + 10 where number = 4", "Seal 4 is missing."],
  ["last_id", "last_id + 1 where number = 4", "Seal 4 was changed"],
  ["sealed_at", "sealed_at + interval '1 ms' where number = 2", "Seal 2 was changed"],
  ["hash", "repeat('0', 64) where number = 4", "Seal 4 was changed"],
  ["digests", "set_byte(digests, 5, get_byte(digests, 5) # 1) where number = 3", "Seal 3 was changed"],
  ["digests", "substring(digests from 33) where number = 3", "Seal 3 was changed"],
  ["ids", "array_append(ids[1:1], last_id) where number = 1", "Seal 1 was changed"],
])("finds a changed %s of a seal (%s)", async (column, value, problem) => {
  expect(await found(`update audit_seals set ${column} = ${value}`)).toContain(problem);
});

test("finds removed and replaced seals by a hash that was noted", async () => {
  const { head } = intact;
  expect((await verifySeals(sealed.db, head as string)).problem).toBeNull();
  expect(await found("delete from audit_seals where number = 2")).toBe("Seal 2 is missing.");
  await undone(sealed, async ({ db, actor }) => {
    await db.execute(sql`delete from audit_seals where number = 4`);
    await db.execute(sql`update audit_events set actor_name = 'Someone else' where id = 21`);
    await sealEntries(db, 21, new Date(now.getTime() + 1));
    expect((await verifySeals(db)).problem).toBeNull();
    expect((await verifySeals(db, head as string)).problem).toContain(`No seal has the hash ${head}`);
    expect(actor).toBeDefined();
  });
});

test("waits for a transaction that took a number before, and seals nothing in front of it", async () => {
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const slow = new pg.Client({ connectionString: url });
  await slow.connect();
  onTestFinished(() => slow.end());
  await slow.query("begin");
  await slow.query(
    "insert into audit_events (actor_kind, actor_id, actor_name, action, subject) values ('system', 'a', 'A', 'a.done', 'a/1')",
  );
  await record(ctx, "endpoint.updated", { subject: "endpoint/a" });
  const horizon = await readHorizon(db);
  expect(await openWriters(db, horizon)).toHaveLength(1);
  await record(ctx, "endpoint.updated", { subject: "endpoint/b" });
  await slow.query("commit");
  expect(await openWriters(db, horizon)).toEqual([]);
  expect(await sealEntries(db, horizon.id, now)).toBe(2);
  expect(await verifySeals(db)).toMatchObject({ entries: 2, unsealed: 1, problem: null });
});

test("never seals in front of a writer, whatever the order of commits", async () => {
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const random = seededRandom(7);
  const clients = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return { client, isOpen: false };
    }),
  );
  onTestFinished(async () => {
    await Promise.all(clients.map(({ client }) => client.end()));
  });
  const insert =
    "insert into audit_events (actor_kind, actor_id, actor_name, action, subject) values ('system', 'a', 'A', 'a.done', 'a/1')";
  let horizon = await readHorizon(db);
  for (let step = 0; step < 600; step++) {
    const each = clients[Math.floor(random() * clients.length)];
    if (!each) continue;
    const choice = random();
    if (!each.isOpen) await each.client.query("begin");
    if (choice < 0.5) await each.client.query(insert);
    else if (choice < 0.7) await each.client.query(`savepoint s; ${insert}; rollback to s`);
    else await each.client.query(choice < 0.9 ? "commit" : "rollback");
    each.isOpen = choice < 0.7;
    if (random() < 0.4 && (await openWriters(db, horizon)).length === 0) {
      await sealEntries(db, horizon.id, now, 10);
      horizon = await readHorizon(db);
      expect((await verifySeals(db)).problem).toBeNull();
    }
  }
  await Promise.all(clients.map(({ client }) => client.query("commit")));
  await sealAll(ctx);
  const total = await db.$count(auditEvents);
  expect(total).toBeGreaterThan(100);
  expect(await verifySeals(db)).toMatchObject({ entries: total, unsealed: 0, problem: null });
});

test("seals each entry once beside other workers", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  for (let number = 0; number < 30; number++) await record(ctx, "endpoint.updated", { subject: `endpoint/${number}` });
  const horizon = await readHorizon(db);
  let sealed = 0;
  // A worker that finds another one sealing comes back with nothing, however often.
  const worker = async () => {
    while (sealed < 30) {
      const entries = await sealEntries(db, horizon.id, now, 4);
      sealed += entries;
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(await verifySeals(db)).toMatchObject({ entries: 30, unsealed: 0, problem: null });
});
