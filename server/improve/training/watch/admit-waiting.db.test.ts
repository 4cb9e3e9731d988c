import { setTimeout as pause } from "node:timers/promises";
import { eq, inArray, sql } from "drizzle-orm";
import pg from "pg";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { trainingEngines, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { admitWaiting } from "./admit-waiting.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();

const writes = [
  'insert into "training_launches"',
  'update "training_jobs"',
  "update training_jobs as job set waiting",
  "pg_notify",
];

/** The text of a statement, which the driver takes by itself or with its settings. */
const textOf = (statement: unknown) => {
  if (typeof statement === "string") return statement;
  return z.object({ text: z.string() }).parse(statement).text;
};

const waitingOf = async (ctx: Context, ids: string[]) =>
  new Map(
    (
      await ctx.db
        .select({ id: trainingJobs.id, waiting: trainingJobs.waiting, updatedAt: trainingJobs.updatedAt })
        .from(trainingJobs)
        .where(inArray(trainingJobs.id, ids))
    ).map(({ id, ...row }) => [id, row]),
  );

async function fullEngine(ctx: Context, jobs: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < jobs; at += 1) ids.push((await newTrainingJob(ctx)).id);
  const settings = { kind: "ray", address: "http://ray.test", maxJobs: 1 } as const;
  await ctx.db.update(trainingEngines).set({ settings }).where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  return ids;
}

test("says once when a job starts again, and nothing more until then", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  const notBefore = new Date("2026-05-06T12:02:10Z");
  await ctx.db.update(trainingJobs).set({ state: "resuming", notBefore }).where(eq(trainingJobs.id, id));
  const rows: unknown[] = [];
  for (const left of [9_000, 8_400, 100]) {
    await admitWaiting(ctx, notBefore.getTime() - left);
    rows.push((await waitingOf(ctx, [id])).get(id));
  }
  expect(rows[0]).toMatchObject({ waiting: { code: "back-off", words: "Starts again at 12:02:10." } });
  expect(rows.slice(1)).toEqual([rows[0], rows[0]]);
});

test("stores the reasons of all that wait by one statement, and nothing where none changed", async () => {
  const ctx = await newWorkspace(db);
  const ids = await fullEngine(ctx, 40);
  const query = vi.spyOn(pg.Client.prototype, "query");
  const own = new URL(url).pathname.slice(1);
  // The tables that a look writes and the notifications it sends. Files share a process, so only statements to this database count, and only
  // those that write: how often a connection begins or a fact is read again depends on the machine.
  const writesOf = async (now: number) => {
    query.mockClear();
    await admitWaiting(ctx, now);
    return query.mock.calls.flatMap(([statement]: unknown[], at) => {
      const client: unknown = query.mock.contexts[at];
      if (!(client instanceof pg.Client) || client.database !== own) return [];
      const text = textOf(statement);
      return writes.filter((write) => text.includes(write));
    });
  };
  const now = Date.now();
  expect(await writesOf(now)).toContain("update training_jobs as job set waiting");
  const before = await waitingOf(ctx, ids);
  expect(await writesOf(now + 1_000)).toEqual([]);
  expect(await waitingOf(ctx, ids)).toEqual(before);
  const [first = "", second = "", third = ""] = ids;
  expect(before.get(third)?.waiting?.words).toBe("1 of 1 running on west; 1 waits before this one.");

  await ctx.db.update(trainingJobs).set({ state: "finished" }).where(eq(trainingJobs.id, first));
  // The launch and its event, then all reasons that changed and all of their events.
  expect(await writesOf(now + 2_000)).toEqual([
    'insert into "training_launches"',
    'update "training_jobs"',
    "pg_notify",
    "update training_jobs as job set waiting",
    "pg_notify",
  ]);
  query.mockRestore();
  const after = await waitingOf(ctx, ids);
  expect(after.get(second)?.waiting).toBeNull();
  expect(after.get(third)?.waiting?.words).toBe("1 of 1 running on west.");
  expect(after.get(third)?.waiting?.since).toBe(before.get(third)?.waiting?.since);
  const last = ids[39] ?? "";
  expect(after.get(last)?.waiting?.words).toBe("1 of 1 running on west; more than 20 wait before this one.");
  expect(after.get(last)).toEqual(before.get(last));
});

test("a job that ends while admission decides gets no reason to wait", async () => {
  const ctx = await newWorkspace(db);
  const [, second = "", third = ""] = await fullEngine(ctx, 3);
  let admitted: Promise<void> | undefined;
  await transact(ctx, async (own) => {
    await own.db.update(trainingJobs).set({ state: "stopped", waiting: null }).where(eq(trainingJobs.id, second));
    admitted = admitWaiting(ctx, Date.now());
    for (let isBlocked = false; !isBlocked; await pause(20)) {
      const { rows } = await db.execute(sql`
        select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`);
      isBlocked = rows.length > 0;
    }
  });
  await admitted;
  const found = await waitingOf(ctx, [second, third]);
  expect(found.get(second)?.waiting).toBeNull();
  expect(found.get(third)?.waiting?.code).toBe("engine-full");
});
