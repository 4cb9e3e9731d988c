import { setTimeout as pause } from "node:timers/promises";
import { eq, inArray, sql } from "drizzle-orm";
import pg from "pg";
import { expect, test, vi } from "vitest";
import { trainingEngines, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { admitWaiting } from "./admit-waiting.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();

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
  const statements = async (now: number) => {
    query.mockClear();
    await admitWaiting(ctx, now);
    // Files share a process, so only the statements to this database count. On a slow machine the pool has closed a connection meanwhile, and a
    // new one begins with its settings.
    return query.mock.calls.filter(([statement]: unknown[], at) => {
      const client: unknown = query.mock.contexts[at];
      return client instanceof pg.Client && client.database === own && !String(statement).startsWith("set jit");
    }).length;
  };
  const now = Date.now();
  await admitWaiting(ctx, now);
  const still = await statements(now + 1_000);
  const before = await waitingOf(ctx, ids);
  expect(await statements(now + 2_000)).toBe(still);
  expect(await waitingOf(ctx, ids)).toEqual(before);
  const [first = "", second = "", third = ""] = ids;
  expect(before.get(third)?.waiting?.words).toBe("1 of 1 running on west; 1 waits before this one.");

  await ctx.db.update(trainingJobs).set({ state: "finished" }).where(eq(trainingJobs.id, first));
  // Its launch takes the lock of the job, a row, a state and an event; the reasons that changed and their events take two statements.
  expect(await statements(now + 3_000)).toBe(still + 4 + 2);
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
