import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { featureArrivals } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type ArrivedRow, arrivalsSince, type Position, positionNow } from "./follow-arrivals.ts";

const { db } = await freshDatabase();
const other = await freshDatabase();

const insert = (on: Database, viewNumber: number, names: readonly string[], isNewest = true) =>
  on.insert(featureArrivals).values(
    names.map((name) => ({
      viewNumber,
      workspaceId: "00000000-0000-4000-8000-000000000000",
      arrivedAt: Date.now() * 1000,
      key: Buffer.from(name),
      eventAt: 1,
      createdAt: 2,
      packed: Buffer.from(name),
      isNewest,
      origin: "push",
    })),
  );

async function follow(since: Position, ...numbers: number[]): Promise<{ rows: ArrivedRow[]; position: Position }> {
  const rows: ArrivedRow[] = [];
  let position = since;
  for await (const page of arrivalsSince(db, since, numbers)) {
    rows.push(...page.rows);
    ({ position } = page);
  }
  return { rows, position };
}
const names = ({ rows }: { rows: ArrivedRow[] }) => rows.map(({ packed }) => packed.toString());

test("reads each row once, as soon as it is committed, whatever other transactions are open", async () => {
  await insert(db, 1, ["before"]);
  const start = await positionNow(db);
  const began = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const long = db.transaction(async (tx) => {
    await insert(tx, 1, ["long"]);
    began.resolve();
    await end.promise;
  });
  await began.promise;
  await insert(db, 1, ["short", "and more"]);
  await insert(db, 2, ["of another view"]);
  await insert(db, 1, ["older than what is there"], false);
  const first = await follow(start, 1);
  expect(names(first)).toEqual(["short", "and more"]);
  expect(first.rows[0]).toMatchObject({ viewNumber: 1, key: Buffer.from("short"), eventAt: 1, createdAt: 2 });
  const second = await follow(first.position, 1, 2);
  expect(names(second)).toEqual([]);
  await insert(db, 2, ["later"]);
  end.resolve();
  await long;
  const third = await follow(second.position, 1, 2);
  expect(names(third).sort()).toEqual(["later", "long"]);
  expect(names(await follow(third.position, 1, 2))).toEqual([]);
  // A reader that paused at the start finds all of them.
  expect(names(await follow(start, 1, 2)).sort()).toEqual(["and more", "later", "long", "of another view", "short"]);
});

test("reads many rows and large ones in pages, and no row of a later commit between them", async () => {
  const start = await positionNow(db);
  await db.execute(sql`
    insert into feature_arrivals (view_number, arrived_at, workspace_id, key, event_at, created_at, packed, is_newest, origin)
    select 3, (extract(epoch from now()) * 1000000)::int8, '00000000-0000-4000-8000-000000000000', int4send(n), 1, 1,
      decode(repeat('00', case when n <= 3 then 7000000 else 1 end), 'hex'), true, 'push'
    from generate_series(1, 10001) as n`);
  const sizes: number[] = [];
  let total = 0;
  for await (const { rows } of arrivalsSince(db, start, [3])) {
    sizes.push(rows.length);
    total += rows.length;
    if (sizes.length === 1) await insert(db, 3, ["after the first page"]);
  }
  expect(sizes).toEqual([3, 5_000, 4_998]);
  expect(total).toBe(10_001);
});

test("knows one database from another", async () => {
  const here = await positionNow(db);
  expect((await positionNow(db)).identity).toBe(here.identity);
  expect((await positionNow(other.db)).identity).not.toBe(here.identity);
  const restored = { restoredAt: "2026-11-30T00:00:00.000Z", createdAt: "2026-11-30T00:00:00.000Z", isPaused: false };
  await db.execute(sql`insert into system_values (key, value) values ('restored', ${JSON.stringify(restored)}::jsonb)`);
  expect((await positionNow(db)).identity).not.toBe(here.identity);
});

test("follows as the role of the embedded Postgres, which is no superuser", async () => {
  await db
    .transaction(async (tx) => {
      await tx.execute(sql`create role follower`);
      await tx.execute(sql`grant select on feature_arrivals, system_values to follower`);
      await tx.execute(sql`set local role follower`);
      expect(await positionNow(tx)).toMatchObject({ identity: expect.stringMatching(/^\d+\.[0-9A-F]{8}\.\d+/) });
      tx.rollback();
    })
    .catch((error: unknown) => expect(error).toMatchObject({ message: "Rollback" }));
});
