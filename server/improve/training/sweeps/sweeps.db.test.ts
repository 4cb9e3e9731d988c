import { and, asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { runs, trainingAttempts, trainingEngines, trainingJobs, trainingSweeps } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { logMetric } from "#server/develop/tracking/metrics/log-metric.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { previewSweep } from "../fit/preview-sweep.ts";
import { stopJob } from "../jobs/stop-job.ts";
import { saveTemplate } from "../templates/save-template.ts";
import { runSweeps } from "../watch/run-sweeps.ts";
import type { StartSweep } from "./contract.ts";
import { countSweeps, getSweep, listSweeps } from "./queries.ts";
import { startSweep } from "./start-sweep.ts";
import { stopSweep } from "./stop-sweep.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const artifacts = {
  stat: async () => {
    throw new Error("No package is asked for.");
  },
};
const round = {
  db,
  startedAt: Date.now(),
  now: Date.now,
  isStopping: () => false,
  attempt: attemptOnce,
  isSetAside: () => false,
};

async function newSweep(ctx: Context, sweep: Partial<StartSweep["sweep"]> = {}, more: Partial<StartSweep> = {}) {
  await newTrainingJob(ctx);
  const values = {
    kind: "grid" as const,
    space: { lr: { kind: "values" as const, values: [0.1, 0.2, 0.3, 0.4, 0.5] } },
    metric: "accuracy",
    goal: "max" as const,
    maxParallel: 2,
  };
  const job = { engine: "west", spec: { command: ["python3", "train.py"], parameters: { epochs: 3 } } };
  return startSweep(ctx, { name: "lr", sweep: { ...values, ...sweep }, ...job, ...more }, { artifacts });
}

const trialsOf = (sweepId: string) =>
  db.select().from(trainingJobs).where(eq(trainingJobs.sweepId, sweepId)).orderBy(asc(trainingJobs.trial));

async function end(sweepId: string, trial: number, state: "finished" | "failed" | "stopped" = "finished") {
  const cause = state === "stopped" ? "cancelled" : state;
  await db
    .update(trainingJobs)
    .set({ state, cause, endedAt: new Date() })
    .where(and(eq(trainingJobs.sweepId, sweepId), eq(trainingJobs.trial, trial)));
}

/** Logs a metric of a trial, as its program does. */
async function logAt(
  ctx: Context,
  sweepId: string,
  { trial, ...point }: Record<"trial" | "step" | "value" | "timestamp", number>,
) {
  const job = (await trialsOf(sweepId))[trial];
  await db
    .update(trainingJobs)
    .set({ state: "running", startedAt: new Date() })
    .where(eq(trainingJobs.id, job?.id ?? ""));
  const leeway = systemContext(db, ctx.actor.workspaceId, "test");
  await logMetric(leeway, { runId: job?.runId ?? "", key: "accuracy", ...point });
}

test("submits each trial once, some at a time, with its run in that of the sweep", async () => {
  const ctx = await newWorkspace(db);
  const sweep = await newSweep(ctx);
  expect(sweep).toMatchObject({ state: "running", trials: 5, list: [], best: null });
  // Several workers at once, and again, as after a crash.
  await Promise.all([runSweeps(round), runSweeps(round), runSweeps(round)]);
  await runSweeps(round);
  const first = await trialsOf(sweep.id);
  expect(first.map(({ trial, spec }) => [trial, spec.parameters])).toEqual([
    [0, { epochs: 3, lr: 0.1 }],
    [1, { epochs: 3, lr: 0.2 }],
  ]);
  const [run] = await db
    .select()
    .from(runs)
    .where(eq(runs.id, first[0]?.runId ?? ""));
  expect(run).toMatchObject({ parentRunId: sweep.runId, status: "SCHEDULED" });
  expect(first[0]).toMatchObject({ submittedBy: ctx.actor.id, state: "waiting" });
  await logAt(ctx, sweep.id, { trial: 0, step: 1, value: 0.7, timestamp: 1 });
  await end(sweep.id, 0);
  for (let trial = 1; trial < 5; trial += 1) {
    await runSweeps(round);
    await logAt(ctx, sweep.id, { trial, step: 1, value: 0.9 - 0.01 * trial, timestamp: 2 });
    await end(sweep.id, trial, trial === 1 ? "failed" : "finished");
  }
  await runSweeps(round);
  const ended = await getSweep(ctx, sweep.id);
  expect(ended).toMatchObject({ state: "ended", counts: { open: 0, finished: 4, failed: 1 }, importance: null });
  expect(ended.best).toMatchObject({ trial: 2, metric: 0.88, parameters: { lr: 0.3 } });
  expect(ended.list).toHaveLength(5);
  const [parent] = await db
    .select()
    .from(runs)
    .where(eq(runs.id, sweep.runId ?? ""));
  expect(parent?.status).toBe("FINISHED");
  await expect(stopSweep(ctx, { sweep: sweep.id })).rejects.toThrow("has ended");
  expect(await listSweeps(ctx)).toHaveLength(1);
  const [parentRun] = await db
    .select({ experimentId: runs.experimentId })
    .from(runs)
    .where(eq(runs.id, sweep.runId ?? ""));
  const experimentId = parentRun?.experimentId ?? 0;
  expect(await listSweeps(ctx, { experimentId })).toHaveLength(1);
  expect([await countSweeps(ctx, experimentId), await countSweeps(ctx, experimentId + 1)]).toEqual([1, 0]);
  expect(await listSweeps(ctx, { experimentId: experimentId + 1 })).toEqual([]);
});

test("a sweep whose engine was removed ends: what waits is stopped, and what runs goes on", async () => {
  const ctx = await newWorkspace(db);
  const other = await newWorkspace(db);
  const sweep = await newSweep(ctx, { maxParallel: 3 });
  const elsewhere = await newSweep(other, { maxParallel: 3 });
  await runSweeps(round);
  await end(sweep.id, 0);
  await logAt(ctx, sweep.id, { trial: 1, step: 1, value: 0.5, timestamp: 1 });
  await db.delete(trainingEngines).where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  await runSweeps(round);
  await runSweeps(round);
  const reasons = async (id: string) => (await trialsOf(id)).map(({ stopRequest }) => stopRequest?.reason ?? null);
  expect(await reasons(sweep.id)).toEqual([null, null, "The engine of its sweep was removed."]);
  expect(await getSweep(ctx, sweep.id)).toMatchObject({ state: "running", message: null });
  await end(sweep.id, 1);
  await end(sweep.id, 2, "stopped");
  await runSweeps(round);
  const ended = {
    state: "stopped",
    engine: null,
    message: "Its engine was removed.",
    counts: { finished: 2, stopped: 1 },
  };
  expect(await getSweep(ctx, sweep.id)).toMatchObject(ended);
  expect(await trialsOf(sweep.id)).toHaveLength(3);
  expect(await reasons(elsewhere.id)).toEqual([null, null, null]);
  expect(await getSweep(other, elsewhere.id)).toMatchObject({ state: "running" });
});

test("pages sweeps, newest first, each once", async () => {
  const ctx = await newWorkspace(db);
  for (const name of ["a", "b", "c"]) await newSweep(ctx, {}, { name });
  const [newest, ...others] = await listSweeps(ctx);
  expect(others.map(({ name }) => name)).toEqual(["b", "a"]);
  const before = newest?.id ?? "";
  expect((await listSweeps(ctx, { before, limit: 1 })).map(({ name }) => name)).toEqual(["b"]);
  expect(await listSweeps(ctx, { before: others[1]?.id ?? "" })).toEqual([]);
  expect(await countSweeps(ctx)).toBe(3);
  // A sweep of another workspace begins no page.
  expect(await listSweeps(await newWorkspace(db), { before })).toEqual([]);
});

test("a sweep that is stopped submits no more, and asks its open trials to stop", async () => {
  const ctx = await newWorkspace(db);
  const sweep = await newSweep(ctx);
  await runSweeps(round);
  await end(sweep.id, 0);
  const stopped = await stopSweep(ctx, { sweep: sweep.id, reason: "wrong data" });
  expect(stopped).toMatchObject({ state: "stopped", message: "wrong data" });
  await runSweeps(round);
  await runSweeps(round);
  const trials = await trialsOf(sweep.id);
  expect(trials.map(({ stopRequest }) => stopRequest?.reason ?? null)).toEqual([null, "Its sweep was stopped."]);
  expect((await stopSweep(ctx, { sweep: sweep.id })).state).toBe("stopped");
});

test("ends trials early by what they logged, by an ordinary stop, and the same whenever it looks", async () => {
  const ctx = await newWorkspace(db);
  const halving = { metric: "accuracy", goal: "max" as const, first: 10, factor: 3, last: 100 };
  const sweep = await newSweep(ctx, { maxParallel: 5, halving });
  await runSweeps(round);
  const values = [0.5, 0.9, 0.4, 0.8, 0.95];
  for (const [trial, value] of values.entries()) {
    await logAt(ctx, sweep.id, { trial, step: 9, value: 1, timestamp: 1_000 });
    // Not every program logs each step: the first point from there on counts.
    await logAt(ctx, sweep.id, { trial, step: 12, value, timestamp: 2_000 + trial });
    await logAt(ctx, sweep.id, { trial, step: 13, value: trial === 2 ? 1 : 0, timestamp: 3_000 + trial });
  }
  await Promise.all([runSweeps(round), runSweeps(round)]);
  const requests = async () => (await trialsOf(sweep.id)).map(({ stopRequest }) => stopRequest?.cause ?? null);
  // 0 was the first; 1 is better than it; 2 is worse; 3 is the second of four, of whom one goes on; 4 is the best.
  expect(await requests()).toEqual([null, null, "cancelled", "cancelled", null]);
  const [row] = await db.select().from(trainingSweeps).where(eq(trainingSweeps.id, sweep.id));
  expect(row?.rungs.map(({ trial, value }) => [trial, value])).toEqual([...values.entries()]);
  await runSweeps(round);
  expect(await requests()).toEqual([null, null, "cancelled", "cancelled", null]);
  const [ended] = (await trialsOf(sweep.id)).filter(({ trial }) => trial === 2);
  expect(ended?.stopRequest).toMatchObject({
    byName: "Leeway",
    reason: "At step 10 its accuracy was not among the best 1/3 of the trials so far.",
  });
  await end(sweep.id, 2, "stopped");
  const shown = await getSweep(ctx, sweep.id);
  expect(shown.list[2]).toMatchObject({
    endedAtStep: 10,
    state: "stopped",
    comparison: { step: 10, value: 0.4, place: 3, among: 3, kept: 1 },
    startedAt: expect.any(Date),
    endedAt: expect.any(Date),
  });
  // Trial 3 is asked to stop, and counts as one that does not go on, though it has not ended.
  expect(shown).toMatchObject({
    engine: "west",
    template: null,
    experiment: "Training",
    fixed: { epochs: 3 },
    rungs: [
      { step: 10, came: 5, wentOn: 3 },
      { step: 30, came: 0, wentOn: 0 },
      { step: 90, came: 0, wentOn: 0 },
    ],
  });
  expect(shown.counts).toMatchObject({ endedEarly: 1, stopped: 0 });
});

test("a request that was not made before a crash is made by the next round", async () => {
  const ctx = await newWorkspace(db);
  const halving = { metric: "accuracy", goal: "max" as const, first: 10, factor: 3, last: 100 };
  const sweep = await newSweep(ctx, { halving });
  await runSweeps(round);
  const rungs = [0.9, 0.1].map((value, trial) => ({ trial, rung: 0, value }));
  await db.update(trainingSweeps).set({ rungs }).where(eq(trainingSweeps.id, sweep.id));
  await runSweeps(round);
  expect((await trialsOf(sweep.id)).map(({ stopRequest }) => stopRequest?.cause ?? null)).toEqual([null, "cancelled"]);
});

test("a trial keeps its place while it is asked to stop, and one that a person stops is replaced by the next", async () => {
  const ctx = await newWorkspace(db);
  const sweep = await newSweep(ctx);
  await runSweeps(round);
  const [first] = await trialsOf(sweep.id);
  await stopJob(ctx, { job: first?.id ?? "" });
  await runSweeps(round);
  expect(await trialsOf(sweep.id)).toHaveLength(2);
  await end(sweep.id, 0, "stopped");
  await runSweeps(round);
  expect((await trialsOf(sweep.id)).map(({ trial }) => trial)).toEqual([0, 1, 2]);
  expect(await getSweep(ctx, sweep.id)).toMatchObject({ counts: { stopped: 1, endedEarly: 0 } });
});

test("a sweep whose first trials all fail goes no further", async () => {
  const ctx = await newWorkspace(db);
  const sweep = await newSweep(ctx, { maxParallel: 1 });
  for (let trial = 0; trial < 3; trial += 1) {
    await runSweeps(round);
    await end(sweep.id, trial, "failed");
  }
  await runSweeps(round);
  expect(await getSweep(ctx, sweep.id)).toMatchObject({ state: "stopped", counts: { failed: 3, open: 0 } });
  expect(await trialsOf(sweep.id)).toHaveLength(3);
});

test("refuses parameters that the template does not take, before anything runs", async () => {
  const ctx = await newWorkspace(db);
  await newTrainingJob(ctx);
  const parameters = [{ name: "lr", kind: "number" as const, default: 0.1, max: 0.25 }];
  await saveTemplate(ctx, { name: "digits", spec: { job: { command: ["true"] }, parameters } });
  const sweep = { kind: "grid" as const, metric: "accuracy", goal: "max" as const };
  const values = (list: number[]) => ({ kind: "values" as const, values: list });
  const start = (space: StartSweep["sweep"]["space"], more = {}) =>
    startSweep(
      ctx,
      { name: "s", engine: "west", template: "digits", sweep: { ...sweep, space }, ...more },
      { artifacts },
    );
  await expect(start({ lr: values([0.1, 0.5]) })).rejects.toThrow('"lr" is at most 0.25.');
  await expect(start({ size: values([1]) })).rejects.toThrow('no parameter "size"');
  await expect(start({ lr: values([0.1]) }, { parameters: { lr: 0.2 } })).rejects.toThrow(
    "cannot be both varied and fixed",
  );
  expect(await listSweeps(ctx)).toEqual([]);
  expect((await start({ lr: values([0.1, 0.2]) })).trials).toBe(2);
  await saveTemplate(ctx, { name: "digits", spec: { job: { command: ["false"] }, parameters } });
  await runSweeps(round);
  const [{ id } = { id: "" }] = await listSweeps(ctx);
  expect((await trialsOf(id)).map(({ spec }) => spec.command)).toEqual([["true"], ["true"]]);
});

test("previews what a sweep takes: its trials, its hours, and what it would refuse", async () => {
  const ctx = await newWorkspace(db);
  await newTrainingJob(ctx);
  const parameters = [{ name: "lr", kind: "number" as const, default: 0.1, max: 0.25 }];
  const limits = { hours: 2 };
  await saveTemplate(ctx, { name: "digits", spec: { job: { command: ["true"], limits }, parameters } });
  const sweep = { kind: "grid" as const, metric: "accuracy", goal: "max" as const, maxParallel: 2 };
  const halving = { metric: "accuracy", goal: "max" as const, first: 10, last: 100 };
  const preview = (values: number[], more = {}) =>
    previewSweep(ctx, {
      name: "s",
      engine: "west",
      template: "digits",
      sweep: { ...sweep, ...more, space: { lr: { kind: "values", values } } },
    });
  expect(await preview([0.1, 0.2, 0.25], { halving })).toMatchObject({
    trials: 3,
    parallel: 2,
    hours: { max: 4, usual: null },
    rungs: [10, 30, 90],
    estimate: null,
    engines: [{ name: "west" }],
  });
  await expect(preview([0.1, 0.5])).rejects.toThrow('"lr" is at most 0.25.');
  // Earlier jobs of the template say how long one takes.
  const { id } = await startSweep(
    ctx,
    {
      name: "s",
      engine: "west",
      template: "digits",
      sweep: { ...sweep, space: { lr: { kind: "values", values: [0.1] } } },
    },
    { artifacts },
  );
  await runSweeps(round);
  const [job] = await trialsOf(id);
  const [startedAt, endedAt] = [new Date(0), new Date(1_800_000)];
  const attempt = {
    workspaceId: ctx.actor.workspaceId,
    jobId: job?.id ?? "",
    number: 1,
    launch: 1,
    state: "ended" as const,
  };
  await db.insert(trainingAttempts).values({ ...attempt, startedAt, endedAt });
  await end(id, 0);
  await db.update(trainingJobs).set({ startedAt }).where(eq(trainingJobs.id, attempt.jobId));
  expect((await preview([0.1, 0.2, 0.25])).hours).toEqual({ max: 4, usual: 1 });
});
