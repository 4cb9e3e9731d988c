import { randomUUID } from "node:crypto";
import { eq, inArray, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { recurringWork, setAsideItems } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { enqueue } from "../../platform/jobs/queue.ts";
import { handlers, type JobDependencies } from "./handlers.ts";
import { startJobRunner } from "./runner.ts";

configureLog({ role: "test", level: "silent" });

/** Starts a worker whose only kind of job runs the given handler, with one job in its queue. */
async function withJob(handle: (ctx: Context, versionId: string) => Promise<void>) {
  const { db, url } = await freshDatabase();
  const runner = await startJobRunner({
    databaseUrl: url,
    db,
    handlers: { ...handlers, "inspect-version": (ctx, { versionId }) => handle(ctx, versionId) },
    deps: {} as JobDependencies,
  });
  onTestFinished(() => runner.stop(0));
  const ctx = systemContext(db, randomUUID(), "test");
  await enqueue(ctx, "inspect-version", { versionId: "v1" });
  const state = async () =>
    (await db.execute(sql`select state from pgboss.job where name = 'inspect-version'`)).rows[0]?.state;
  return { ctx, runner, state };
}

test("runs a job in the workspace that enqueued it, and completes it", async () => {
  const handle = vi.fn(async () => {});
  const { ctx, state } = await withJob(handle);
  await vi.waitFor(async () => expect(await state()).toBe("completed"));
  expect(handle).toHaveBeenCalledWith(
    expect.objectContaining({ actor: expect.objectContaining({ kind: "system", workspaceId: ctx.actor.workspaceId }) }),
    "v1",
  );
});

test("runs jobs enqueued together one after the other without a pause", async () => {
  const handle = vi.fn(async () => {});
  const { ctx } = await withJob(handle);
  await transact(ctx, async (ctx) => {
    for (let n = 0; n < 8; n += 1) await enqueue(ctx, "inspect-version", { versionId: `v${n}` });
  });
  await vi.waitFor(() => expect(handle).toHaveBeenCalledTimes(9));
});

test("inspects versions of a workspace while those of another hang", async () => {
  const done: string[] = [];
  const hanging = Promise.withResolvers<void>();
  const { ctx } = await withJob((_ctx, versionId) => {
    if (versionId.startsWith("v")) return hanging.promise;
    done.push(versionId);
    return Promise.resolve();
  });
  onTestFinished(() => hanging.resolve());
  for (let n = 0; n < 6; n += 1) await enqueue(ctx, "inspect-version", { versionId: `v${n}` });
  const other = systemContext(ctx.db, randomUUID(), "test");
  for (let n = 0; n < 3; n += 1) await enqueue(other, "inspect-version", { versionId: `other ${n}` });
  await vi.waitFor(() => expect(done).toHaveLength(3));
});

test("retries a failed job later", async () => {
  const { state } = await withJob(async () => {
    throw new Error("the disk was away");
  });
  await vi.waitFor(async () => expect(await state()).toBe("retry"));
});

test("does not retry a job rejected by the domain, unless something was unavailable", async () => {
  const refused = await withJob(async () => {
    throw new DomainError("not-found", "It is gone.");
  });
  const missing = await withJob(async () => {
    throw new DomainError("unavailable", "The bucket does not answer.");
  });
  await vi.waitFor(async () => expect(await refused.state()).toBe("completed"));
  await vi.waitFor(async () => expect(await missing.state()).toBe("retry"));
});

test("ends the row of a job that the domain rejected permanently", async () => {
  const { db, url } = await freshDatabase();
  const markFailed = vi.fn(async () => {});
  const runner = await startJobRunner({
    databaseUrl: url,
    db,
    handlers: {
      ...handlers,
      "inspect-version": () => Promise.reject(new DomainError("not-found", "Run with id=1 not found.")),
      "give-up-inspection": markFailed,
    },
    deps: {} as JobDependencies,
  });
  onTestFinished(() => runner.stop(0));
  const ctx = systemContext(db, randomUUID(), "test");
  await enqueue(ctx, "inspect-version", { versionId: "v1" });
  await vi.waitFor(() => expect(markFailed).toHaveBeenCalledTimes(1));
  expect(markFailed).toHaveBeenCalledWith(
    expect.objectContaining({ actor: expect.objectContaining({ workspaceId: ctx.actor.workspaceId }) }),
    { versionId: "v1", reason: "Run with id=1 not found." },
    expect.anything(),
  );
});

test("marks a job as failed through its kind after the last attempt, with the reason", async () => {
  const { db, url } = await freshDatabase();
  await db.execute(sql`update pgboss.queue set retry_limit = 0 where name in ('read-dataset', 'find-leakage')`);
  const markFailed = vi.fn(async () => {});
  const start = () =>
    startJobRunner({
      databaseUrl: url,
      db,
      handlers: {
        ...handlers,
        "read-dataset": () => Promise.reject(new DomainError("unavailable", "The bucket does not answer.")),
        "give-up-dataset": markFailed,
        "find-leakage": () => Promise.reject(new Error("ENOENT: open '/srv/data'")),
        "give-up-leakage": markFailed,
      },
      deps: {} as JobDependencies,
    });
  const first = await start();
  const ctx = systemContext(db, randomUUID(), "test");
  await enqueue(ctx, "read-dataset", { uploadId: "u1" });
  await enqueue(ctx, "find-leakage", { checkId: "c1" });
  const failed = async () => (await db.execute(sql`select from pgboss.job where state = 'failed'`)).rows;
  await vi.waitFor(async () => expect(await failed()).toHaveLength(2));
  await first.stop(0);
  // The second runner checks at once; the first one only after half a minute, since a dead letter sends no notification.
  const second = await start();
  onTestFinished(() => second.stop(0));
  await vi.waitFor(() => expect(markFailed).toHaveBeenCalledTimes(2));
  const of = expect.objectContaining({ actor: expect.objectContaining({ workspaceId: ctx.actor.workspaceId }) });
  const deps = { attempt: expect.any(Function) };
  expect(markFailed).toHaveBeenCalledWith(of, { uploadId: "u1", reason: "The bucket does not answer." }, deps);
  const reason = "Internal error; see the worker log.";
  expect(markFailed).toHaveBeenCalledWith(of, { checkId: "c1", reason }, deps);
});

test("waits for the running job when stopping", async () => {
  const finish = Promise.withResolvers<void>();
  const handle = vi.fn(() => finish.promise);
  const { runner, state } = await withJob(handle);
  await vi.waitFor(() => expect(handle).toHaveBeenCalled());
  const stopped = runner.stop(10);
  finish.resolve();
  await stopped;
  expect(await state()).toBe("completed");
});

test("records the last execution of a scheduled job, and why it failed", async () => {
  const { db, url } = await freshDatabase();
  const packMetrics = vi.fn(async () => {});
  const runner = await startJobRunner({
    databaseUrl: url,
    db,
    handlers: {
      ...handlers,
      "pack-metrics": packMetrics,
      "watch-runs": async () => {
        throw new DomainError("unavailable", "Storage is not reachable.");
      },
      "inspect-version": async () => {},
    },
    deps: {} as JobDependencies,
  });
  onTestFinished(() => runner.stop(0));
  const ctx = systemContext(db, randomUUID(), "test");
  await enqueue(ctx, "pack-metrics", {});
  await enqueue(ctx, "watch-runs", {});
  await enqueue(ctx, "inspect-version", { versionId: "v1" });
  await vi.waitFor(async () => {
    const rows = await db
      .select()
      .from(recurringWork)
      .where(inArray(recurringWork.name, ["pack-metrics", "watch-runs"]));
    expect(rows.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      expect.objectContaining({ name: "pack-metrics", items: null, problem: null }),
      expect.objectContaining({ name: "watch-runs", items: null, problem: "Storage is not reachable." }),
    ]);
  }, 10_000);
  expect(await db.$count(recurringWork, eq(recurringWork.name, "inspect-version"))).toBe(0);
});

test("sets an item of a job aside, goes on with the others, and retries the job without a failure of the job", async () => {
  const { db, url } = await freshDatabase();
  const done: string[] = [];
  const runner = await startJobRunner({
    databaseUrl: url,
    db,
    handlers: {
      ...handlers,
      "collect-artifacts": async (_ctx, _data, { attempt }) => {
        for (const id of ["first", "bad", "last"]) {
          await attempt({ id }, async () => {
            if (id === "bad") throw new DomainError("invalid", "The path is not readable.");
            done.push(id);
          });
        }
      },
    },
    deps: {} as JobDependencies,
  });
  onTestFinished(() => runner.stop(0));
  await enqueue(systemContext(db, randomUUID(), "test"), "collect-artifacts", {});
  const state = async () =>
    (await db.execute(sql`select state from pgboss.job where name = 'collect-artifacts'`)).rows[0]?.state;
  await vi.waitFor(async () => expect(await state()).toBe("retry"));
  expect(done).toEqual(["first", "last"]);
  expect(await db.select().from(setAsideItems)).toMatchObject([
    { watcher: "collect-artifacts", item: "bad", attempts: 1, problem: "The path is not readable." },
  ]);
  expect(await db.select().from(recurringWork).where(eq(recurringWork.name, "collect-artifacts"))).toMatchObject([
    { problem: null },
  ]);
});
