import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { freshDatabase, rolledBack } from "#db/testing.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { enqueue, enqueueUnlessWaiting, installQueues } from "./queue.ts";

const fresh = await freshDatabase();

async function jobs(db: typeof fresh.db) {
  const { rows } = await db.execute(sql`select name, state, data, retry_limit from pgboss.job order by created_on`);
  return rows;
}

test("enqueues a job with the options of its queue when the transaction commits", async () => {
  const ctx = systemContext(fresh.db, randomUUID(), "test");
  await transact(ctx, (ctx) => enqueue(ctx, "inspect-version", { versionId: "v1" }));
  expect(await jobs(fresh.db)).toEqual([
    {
      name: "inspect-version",
      state: "created",
      data: { workspaceId: ctx.actor.workspaceId, versionId: "v1" },
      retry_limit: 5,
    },
  ]);
});

test("enqueues no job when the transaction rolls back", async () => {
  const ctx = systemContext(fresh.db, randomUUID(), "test");
  const before = await jobs(fresh.db);
  const failed = transact(ctx, async (ctx) => {
    await enqueue(ctx, "inspect-version", { versionId: "v2" });
    expect(await jobs(ctx.db)).toHaveLength(before.length + 1);
    throw new Error("changed my mind");
  });
  await expect(failed).rejects.toThrow("changed my mind");
  expect(await jobs(fresh.db)).toEqual(before);
});

test("enqueues jobs separately for another database in the same process", () =>
  rolledBack(async (db) => {
    await enqueue(systemContext(db, randomUUID(), "test"), "inspect-version", { versionId: "v3" });
    expect(await jobs(db)).toMatchObject([{ data: { versionId: "v3" } }]);
  }));

test("enqueues a job once while it waits, and holds it until the change is committed", async () => {
  const ctx = systemContext(fresh.db, randomUUID(), "test");
  const gates = { versionId: "v1", alias: "champion" };
  const add = (ctx: Context, checkId: string) => enqueueUnlessWaiting(ctx, "run-gates", { ...gates, checkId }, gates);
  const own = async () => (await jobs(fresh.db)).filter(({ name }) => name === "run-gates");
  await add(ctx, "1");
  await transact(ctx, async (ctx) => {
    await add(ctx, "2");
    // A worker that fetches now does not get it: it would miss this change.
    const { rowCount } = await fresh.db.execute(sql`
      select from pgboss.job where name = 'run-gates' and state = 'created' for update skip locked`);
    expect(rowCount).toBe(0);
  });
  expect(await own()).toMatchObject([{ data: { checkId: "1" } }]);
  await enqueueUnlessWaiting(
    ctx,
    "run-gates",
    { ...gates, alias: "other", checkId: "3" },
    { ...gates, alias: "other" },
  );
  await fresh.db.execute(sql`update pgboss.job set state = 'active' where name = 'run-gates'`);
  await add(ctx, "4");
  expect((await own()).map(({ data }) => (data as { checkId: string }).checkId).sort()).toEqual(["1", "3", "4"]);
});

test("installs queues concurrently and repeatedly", async () => {
  await expect(Promise.all([installQueues(fresh.url), installQueues(fresh.url)])).resolves.toBeDefined();
});
