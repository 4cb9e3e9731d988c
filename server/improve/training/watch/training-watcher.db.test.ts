import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { apiTokens, runs, trainingAttempts, trainingEngines, trainingLaunches } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { launchTokenOf } from "../attempts/launch-token.ts";
import { startLaunch } from "../attempts/start-launch.ts";
import type { EndReport } from "../contract.ts";
import { createEngine } from "../engines/create-engine.ts";
import { launchIdOf } from "../jobs/job-id.ts";
import { getJob } from "../jobs/queries.ts";
import { stopJob } from "../jobs/stop-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { trainingWatcher } from "./training-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-training-watch-"));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const wrapper = join(folder, "wrapper.py");
// The test speaks for the wrapper; this is only a process that runs until it is asked to end.
await writeFile(wrapper, "import time\ntime.sleep(120)\n");

const place = {
  dataFolder: folder,
  machine: "here",
  wrapper,
  allowsLocal: true,
  localPackages: null,
  unpack: async () => {},
};
const url = "http://127.0.0.1:1";
const watcher = trainingWatcher({
  db,
  feed: { subscribe: () => () => {} },
  place,
  url,
  fetchPackage: async () => null,
});
await watcher.start();
afterAll(async () => {
  await watcher.stop();
  // A process that has just been ended may still write.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const deadline = AbortSignal.timeout(60_000);

/** Wakes the watcher until a job is as wanted. */
async function until(ctx: Context, id: string, isDone: (job: Awaited<ReturnType<typeof getJob>>) => boolean) {
  for (;;) {
    const job = await getJob(ctx, id);
    if (isDone(job)) return job;
    deadline.throwIfAborted();
    watcher.wake();
    await pause(50);
  }
}

async function newJob(ctx: Context, limits = {}) {
  await createEngine(ctx, { name: "local", settings: { kind: "local" } }, { allowsLocal: true });
  return submitJob(
    ctx,
    { name: "digits", engine: "local", spec: { command: ["python3", "train.py"], limits } },
    { artifacts },
  );
}

async function start(ctx: Context, id: string, launch: number) {
  const launchId = launchIdOf(id, launch);
  return startLaunch(ctx.db, { launchId, token: await launchTokenOf(ctx.db, launchId), host: "here" }, { url });
}

/** What the wrapper reports, as the route that takes it stores it. */
async function report(ctx: Context, jobId: string, number: number, changes: Partial<EndReport>): Promise<void> {
  const end = { code: 0, signal: null, wasTerminated: false, ranOutOfMemory: false, at: new Date().toISOString() };
  await ctx.db
    .update(trainingAttempts)
    .set({ report: { ...end, ...changes } })
    .where(and(eq(trainingAttempts.jobId, jobId), eq(trainingAttempts.number, number)));
}

const runStatus = async (ctx: Context, id: string) =>
  (await ctx.db.select({ status: runs.status }).from(runs).where(eq(runs.id, id)))[0]?.status;

test("a job waits, is launched, runs, and finishes with its run", async () => {
  const ctx = await newWorkspace(db);
  const submitted = await newJob(ctx);
  expect(submitted).toMatchObject({ state: "waiting", attempts: [] });
  expect(await runStatus(ctx, submitted.runId)).toBe("SCHEDULED");
  await until(ctx, submitted.id, ({ state }) => state === "submitting");
  const started = await start(ctx, submitted.id, 1);
  expect(started).toMatchObject({ attempt: 1, command: ["python3", "train.py"], runId: submitted.runId });
  expect(started.environment.MLFLOW_TRACKING_TOKEN).toMatch(/^lw_/);
  await until(ctx, submitted.id, ({ state }) => state === "running");
  await report(ctx, submitted.id, 1, {});
  const finished = await until(ctx, submitted.id, ({ state }) => state === "finished");
  expect(finished).toMatchObject({ cause: "finished", attempts: [{ number: 1, cause: "finished", exitCode: 0 }] });
  expect(await runStatus(ctx, submitted.runId)).toBe("FINISHED");
});

test("goes on after a preemption, with the attempt before fenced, and its token revoked", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newJob(ctx);
  await until(ctx, id, ({ state }) => state === "submitting");
  await start(ctx, id, 1);
  await report(ctx, id, 1, { code: 0, wasTerminated: true });
  const resuming = await until(ctx, id, ({ state, waiting }) => state === "resuming" && waiting !== null);
  expect(resuming).toMatchObject({ preemptions: 1, waiting: { code: "back-off" } });
  await expect(start(ctx, id, 1)).rejects.toThrow("Do not run this launch.");
  const [attempt] = await ctx.db.select().from(trainingAttempts).where(eq(trainingAttempts.jobId, id));
  expect(attempt).toMatchObject({ cause: "preempted", state: "ended" });
  expect(attempt?.fencedAt).not.toBeNull();
  const [token] = await ctx.db
    .select()
    .from(apiTokens)
    .where(eq(apiTokens.id, attempt?.apiTokenId ?? ""));
  expect(token?.revokedAt).not.toBeNull();
});

test("a job that is stopped before it starts never runs, and one that runs gets its time to save", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newJob(ctx);
  await until(ctx, id, ({ state }) => state === "submitting");
  await stopJob(ctx, { job: id, reason: "wrong data" });
  await expect(start(ctx, id, 1)).rejects.toThrow("It is being stopped.");
  const stopped = await until(ctx, id, ({ state }) => state === "stopped");
  expect(stopped).toMatchObject({ cause: "cancelled", attempts: [], stopRequest: { reason: "wrong data" } });

  const other = await submitJob(ctx, { name: "other", engine: "local", spec: { command: ["python3"] } }, { artifacts });
  await until(ctx, other.id, ({ state }) => state === "submitting");
  await start(ctx, other.id, 1);
  await stopJob(ctx, { job: other.id });
  // The engine has asked the process: it is gone, though the wrapper has still to report.
  await report(ctx, other.id, 1, { code: 143, wasTerminated: true });
  expect(await until(ctx, other.id, ({ state }) => state === "stopped")).toMatchObject({ cause: "cancelled" });
});

test("ends by itself once its hours are over, and keeps the reason", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newJob(ctx, { hours: 1 });
  await until(ctx, id, ({ state }) => state === "submitting");
  await start(ctx, id, 1);
  const hourAgo = new Date(Date.now() - 3_601_000);
  await ctx.db.update(trainingAttempts).set({ startedAt: hourAgo }).where(eq(trainingAttempts.jobId, id));
  const asked = await until(ctx, id, ({ stopRequest }) => stopRequest !== null);
  expect(asked.stopRequest).toMatchObject({ cause: "time-limit", byName: "Leeway" });
  await report(ctx, id, 1, { code: 143, wasTerminated: true });
  expect(await until(ctx, id, ({ state }) => state === "stopped")).toMatchObject({ cause: "time-limit" });
});

test("a copy of a launch does not run beside the first", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newJob(ctx);
  await until(ctx, id, ({ state }) => state === "submitting");
  const outcomes = await Promise.allSettled([start(ctx, id, 1), start(ctx, id, 1), start(ctx, id, 1)]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(startLaunch(db, { launchId: launchIdOf(id, 1), token: "lwl_wrong" }, { url })).rejects.toThrow("token");
});

test("a crash between the submit and the handle submits the same launch again", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newJob(ctx);
  await until(ctx, id, ({ state }) => state === "submitting");
  const launches = () => ctx.db.select().from(trainingLaunches).where(eq(trainingLaunches.jobId, id));
  const handleOf = async () => (await launches())[0]?.handle ?? null;
  while ((await handleOf()) === null) {
    watcher.wake();
    await pause(50);
  }
  const first = await handleOf();
  await ctx.db.update(trainingLaunches).set({ handle: null }).where(eq(trainingLaunches.jobId, id));
  while ((await handleOf()) === null) {
    watcher.wake();
    await pause(50);
  }
  expect(await handleOf()).toEqual(first);
  expect(await launches()).toHaveLength(1);
});

test("waits with a reason in words while its engine is full", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newJob(ctx);
  const second = await submitJob(
    ctx,
    { name: "second", engine: "local", spec: { command: ["python3"] } },
    { artifacts },
  );
  await until(ctx, id, ({ state }) => state === "submitting");
  const held = await until(ctx, second.id, ({ waiting }) => waiting !== null);
  expect(held.waiting?.words).toBe("1 of 1 running on local.");
});

test("a job that its engine refuses for good ends with the engine's words", async () => {
  const answers: Record<string, object> = {
    "/api/version": { version: "4", ray_version: "2.60.0", session_name: "session-1" },
    "/nodes?view=summary": { data: { summary: [] } },
    "/api/jobs/": [],
  };
  const ray = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url ?? ""]));
  });
  await new Promise<void>((resolve) => ray.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    ray.closeAllConnections();
    ray.close();
  });
  const ctx = await newWorkspace(db);
  const address = `http://127.0.0.1:${(ray.address() as AddressInfo).port}`;
  await createEngine(ctx, { name: "ray", settings: { kind: "ray", address } }, { allowsLocal: false });
  const spec = { command: ["true"], image: "registry.example/train" };
  const { id } = await submitJob(ctx, { name: "digits", engine: "ray", spec }, { artifacts });
  const failed = await until(ctx, id, ({ state }) => state === "failed");
  expect(failed).toMatchObject({ cause: "never-started", attempts: [] });
  expect(failed.message).toContain("Leave the image empty");
});

test("an engine that hangs keeps the jobs of no other one waiting", async () => {
  const answers: Record<string, object> = {
    "/api/version": { version: "4", ray_version: "2.60.0", session_name: "session-1" },
    "/nodes?view=summary": { data: { summary: [] } },
  };
  const held: (() => void)[] = [];
  let [hangs, isGivenUp] = [true, false];
  const ray = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    const answer = () => response.end(JSON.stringify(answers[request.url ?? ""] ?? []));
    if (!hangs) return answer();
    held.push(answer);
    response.on("close", () => {
      isGivenUp ||= hangs;
    });
  });
  await new Promise<void>((resolve) => ray.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    ray.closeAllConnections();
    ray.close();
  });
  const ctx = await newWorkspace(db);
  const address = `http://127.0.0.1:${(ray.address() as AddressInfo).port}`;
  for (const name of ["ray", "ray-2", "ray-3"]) {
    await createEngine(ctx, { name, settings: { kind: "ray", address } }, { allowsLocal: false });
  }
  const { id } = await newJob(ctx);
  await until(ctx, id, ({ state }) => state === "submitting");
  const launched = () => ctx.db.$count(trainingLaunches, and(eq(trainingLaunches.jobId, id), sql`handle is not null`));
  while ((await launched()) === 0) {
    deadline.throwIfAborted();
    watcher.wake();
    await pause(50);
  }
  expect(held.length).toBeGreaterThan(0);
  expect(isGivenUp).toBe(false);
  hangs = false;
  for (const answer of held) answer();
});

test("a job whose engine was removed ends when it is asked to stop", async () => {
  const ctx = await newWorkspace(db);
  const settings = { kind: "ray", address: "http://127.0.0.1:1" } as const;
  await createEngine(ctx, { name: "ray", settings }, { allowsLocal: true });
  const { id } = await submitJob(ctx, { name: "digits", engine: "ray", spec: { command: ["true"] } }, { artifacts });
  await db.delete(trainingEngines).where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  await until(ctx, id, ({ waiting }) => waiting?.code === "no-engine");
  await stopJob(ctx, { job: id });
  const { cause } = await until(ctx, id, ({ state }) => state === "stopped");
  expect(cause).toBe("cancelled");
});
