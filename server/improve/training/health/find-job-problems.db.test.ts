import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  trainingAttempts,
  trainingCheckpoints,
  trainingEngines,
  trainingJobs,
  trainingLaunches,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { listJobsOverview } from "../overview/queries.ts";
import { describeProblem } from "./describe-problem.ts";
import { findJobProblems } from "./find-job-problems.ts";

const { db } = await freshDatabase();
const now = Date.now();
const ago = (ms: number) => new Date(now - ms);

const set = (id: string, values: Partial<typeof trainingJobs.$inferInsert>) =>
  db.update(trainingJobs).set(values).where(eq(trainingJobs.id, id));

const setEngine = (ctx: Context, values: Partial<typeof trainingEngines.$inferInsert>) =>
  db.update(trainingEngines).set(values).where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));

interface Running {
  /** How long ago its attempt began, and each checkpoint came. */
  since: number;
  saved?: number[];
  /** How long ago some of them were found damaged, by their place. */
  torn?: Record<number, number>;
}

async function newRunning(ctx: Context, { since, saved = [], torn = {} }: Running): Promise<string> {
  const { id: jobId } = await newTrainingJob(ctx);
  const { workspaceId } = ctx.actor;
  await set(jobId, { state: "running", startedAt: ago(since), launches: 1 });
  const [attempt] = await db
    .insert(trainingAttempts)
    .values({ workspaceId, jobId, number: 1, launch: 1, startedAt: ago(since) })
    .returning({ id: trainingAttempts.id });
  for (const [at, age] of saved.entries()) {
    const tornAt = torn[at] === undefined ? null : ago(torn[at]);
    const checkpoint = { seq: at + 1, name: `step-${at}`, files: [], sizeBytes: 1, createdAt: ago(age), tornAt };
    await db.insert(trainingCheckpoints).values({ workspaceId, jobId, attemptId: attempt?.id ?? "", ...checkpoint });
  }
  return jobId;
}

const kindsOf = async (ctx: Context, id: string, at = now) =>
  (await findJobProblems(ctx, at)).filter(({ jobId }) => jobId === id).map(({ kind }) => kind);

async function said(ctx: Context) {
  return (await findJobProblems(ctx, now)).map((problem) => describeProblem(problem, now));
}

test("jobs that failed or were lost, for a day", async () => {
  const ctx = await newWorkspace(db);
  const ids = await Promise.all([1, 2, 3, 4].map(async () => (await newTrainingJob(ctx)).id));
  const [failed = "", lost = "", old = "", stopped = ""] = ids;
  await set(failed, { state: "failed", endedAt: ago(hourMs), message: "Exit code 3." });
  await set(lost, { state: "lost", endedAt: ago(2 * hourMs) });
  await set(old, { state: "failed", endedAt: ago(dayMs + minuteMs) });
  await set(stopped, { state: "stopped", endedAt: ago(hourMs) });
  expect(await said(ctx)).toEqual(["It failed.", "It was lost."]);
  expect((await findJobProblems(ctx, now))[0]).toMatchObject({
    jobId: failed,
    message: "Exit code 3.",
    engine: "west",
  });
  expect(await findJobProblems(await newWorkspace(db), now)).toEqual([]);
});

test("running jobs without a checkpoint for 50 minutes of their attempt, or twice their usual time", async () => {
  const ctx = await newWorkspace(db);
  const of = async (running: Running) => kindsOf(ctx, await newRunning(ctx, running));
  expect(await of({ since: 49 * minuteMs })).toEqual([]);
  expect(await of({ since: 51 * minuteMs })).toEqual(["unsaved"]);
  expect(await of({ since: 9 * hourMs, saved: [20 * minuteMs, 10 * minuteMs] })).toEqual([]);
  expect(await of({ since: 9 * hourMs, saved: [61 * minuteMs, 51 * minuteMs] })).toEqual(["unsaved"]);
  // It saves every two hours: half an hour late is no problem, two hours are.
  expect(await of({ since: 9 * hourMs, saved: [6.5 * hourMs, 4.5 * hourMs, 2.5 * hourMs] })).toEqual([]);
  expect(await of({ since: 9 * hourMs, saved: [8.1 * hourMs, 6.1 * hourMs, 4.1 * hourMs] })).toEqual(["unsaved"]);
  // What an earlier attempt saved is older than this one, which has just begun.
  expect(await of({ since: minuteMs, saved: [3 * hourMs] })).toEqual([]);
});

test("jobs whose damaged checkpoints no intact one followed", async () => {
  const ctx = await newWorkspace(db);
  const saved = [40 * minuteMs, 30 * minuteMs, 20 * minuteMs];
  const torn = await newRunning(ctx, { since: hourMs, saved, torn: { 1: 5 * minuteMs, 2: 5 * minuteMs } });
  const since = await newRunning(ctx, { since: hourMs, saved: [...saved, minuteMs], torn: { 2: 5 * minuteMs } });
  expect(await kindsOf(ctx, torn)).toEqual(["torn"]);
  expect(await kindsOf(ctx, since)).toEqual([]);
  expect(await said(ctx)).toEqual(["2 checkpoints are damaged, and none was saved since."]);
  await set(torn, { state: "finished", endedAt: ago(0) });
  expect(await said(ctx)).toEqual([]);
});

test("jobs that wait for an engine that runs nothing, does not answer, or cannot take them", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  const wait = (code: string, ms: number) =>
    set(id, { waiting: { code, words: "", since: ago(ms).toISOString() }, submittedAt: ago(hourMs) });
  await wait("engine-full", 14 * minuteMs);
  expect(await said(ctx)).toEqual([]);
  await wait("engine-full", 20 * minuteMs);
  expect(await said(ctx)).toEqual(["It has waited 20\u00a0min for west, which does not run it."]);
  // What else holds it is not the engine's.
  for (const code of ["budget", "team-full", "back-off", "quiet-hours", "dataset", "engine-off"]) {
    await wait(code, 20 * hourMs);
    expect(await said(ctx), code).toEqual([]);
  }
  // No worker has said why it waits.
  await set(id, { waiting: null, submittedAt: ago(16 * minuteMs) });
  expect(await said(ctx)).toHaveLength(1);
  // The engine runs another one: this is a queue, unless it fits no machine.
  const other = await newRunning(ctx, { since: minuteMs });
  await wait("engine-full", 20 * minuteMs);
  expect(await said(ctx)).toEqual([]);
  await wait("too-large", 20 * minuteMs);
  expect(await kindsOf(ctx, id)).toEqual(["stalled"]);
  await wait("engine-silent", minuteMs);
  await setEngine(ctx, { silentSince: ago(4 * minuteMs) });
  expect(await said(ctx)).toEqual([]);
  await setEngine(ctx, { silentSince: ago(6 * minuteMs) });
  expect(await said(ctx)).toEqual(["west has not responded for 6\u00a0min."]);
  await setEngine(ctx, { silentSince: null });
  await set(other, { state: "finished", endedAt: ago(0) });

  // Submitted, and not started.
  await db
    .insert(trainingLaunches)
    .values({ workspaceId: ctx.actor.workspaceId, jobId: id, number: 1, launchedAt: ago(16 * minuteMs) });
  await set(id, { state: "submitting", launches: 1, waiting: null });
  expect(await kindsOf(ctx, id)).toEqual(["stalled"]);
  expect(await kindsOf(ctx, id, now - 2 * minuteMs)).toEqual([]);
});

test("the list of jobs says the same, counts the same and filters by it", async () => {
  const ctx = await newWorkspace(db);
  await newRunning(ctx, { since: 2 * hourMs, saved: [hourMs], torn: { 0: minuteMs } });
  await newRunning(ctx, { since: minuteMs });
  const { rows, rowCounts } = await listJobsOverview(ctx, {}, now);
  // Of two problems the worse one is shown, and the job counts once.
  expect(rows.map(({ attention }) => attention)).toEqual(["1 checkpoint is damaged, and none was saved since.", null]);
  expect(await findJobProblems(ctx, now)).toMatchObject([{ kind: "torn" }, { kind: "unsaved" }]);
  expect(rowCounts.attention).toBe(1);
  expect((await listJobsOverview(ctx, { show: "attention" }, now)).rows).toHaveLength(1);
});
