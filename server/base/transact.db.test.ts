import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { type Context, systemContext, transact } from "./context.ts";
import { noteLock } from "./lock-order.ts";
import { retryConflicts } from "./retry-conflicts.ts";

const database = await freshDatabase();
const ctx = systemContext(database.db, "00000000-0000-0000-0000-000000000000", "test");

beforeAll(async () => {
  await database.db.execute(sql`create table counters (id integer primary key, count integer not null)`);
  await database.db.execute(sql`insert into counters values (1, 0), (2, 0)`);
});

const count = (ctx: Context, id: number) => ctx.db.execute(sql`update counters set count = count + 1 where id = ${id}`);

const counts = async () => {
  const { rows } = await database.db.execute<{ count: number }>(sql`select count from counters order by id`);
  return rows.map((row) => row.count);
};

/** Resolves for everyone once two have arrived. */
function meeting() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived === 2) resolve();
    return promise;
  };
}

test("runs the victim of a deadlock again, completely", async () => {
  const before = await counts();
  const meet = meeting();
  const cross = (first: number, second: number) =>
    transact(ctx, async (ctx) => {
      await count(ctx, first);
      await meet();
      await count(ctx, second);
    });
  await Promise.all([cross(1, 2), cross(2, 1)]);
  expect(await counts()).toEqual(before.map((value) => value + 2));
});

test("runs a transaction again that could not be serialized", async () => {
  const before = await counts();
  const meet = meeting();
  const add = () =>
    transact(ctx, async (ctx) => {
      await ctx.db.execute(sql`set transaction isolation level repeatable read`);
      await ctx.db.execute(sql`select count from counters where id = 1`);
      await meet();
      await count(ctx, 1);
    });
  await Promise.all([add(), add()]);
  expect(await counts()).toEqual([(before[0] ?? 0) + 2, before[1]]);
});

test("passes a deadlock inside a savepoint on to the transaction around it", async () => {
  let attempts = 0;
  const conflict = Object.assign(new Error("deadlock detected"), { code: "40P01" });
  await transact(ctx, async (outer) => {
    await transact(outer, async () => {
      attempts += 1;
      if (attempts === 1) throw conflict;
    });
  });
  expect(attempts).toBe(2);
});

test("gives up a transaction that always conflicts as unavailable, and any other failure at once", async () => {
  const conflict = Object.assign(new Error("deadlock detected"), { code: "40P01" });
  let attempts = 0;
  const failing = (error: Error) => async () => {
    attempts += 1;
    throw error;
  };
  await expect(retryConflicts(failing(conflict), () => 0)).rejects.toMatchObject({ code: "unavailable" });
  expect(attempts).toBe(6);
  attempts = 0;
  await expect(retryConflicts(failing(new Error("no")), () => 0)).rejects.toThrow("no");
  expect(attempts).toBe(1);
});

test("fails a test whose transaction locks against the declared order, in a savepoint too", async () => {
  const backwards = transact(ctx, async (outer) => {
    noteLock(outer, "run");
    await transact(outer, async (inner) => noteLock(inner, "experiment"));
  });
  await expect(backwards).rejects.toThrow(`locks "experiment" after "run"`);
  await transact(ctx, async (ctx) => {
    noteLock(ctx, "experiment");
    noteLock(ctx, "run");
  });
});
