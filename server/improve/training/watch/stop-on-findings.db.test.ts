import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { trainingCheckpoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { listRunFindings } from "#server/develop/tracking/health/queries.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { type Copy, TrainingWorld } from "#server/testing/fixtures/training/world-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { JobLimits, type JobSpec } from "../contract.ts";
import { launchIdOf } from "../jobs/job-id.ts";
import { checkStoppingRuns } from "./check-stopping-runs.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const round = {
  db,
  startedAt: Date.now(),
  now: Date.now,
  isStopping: () => false,
  attempt: attemptOnce,
  isSetAside: () => false,
};

/** A job that runs, with its failures allowed, so that only a finding ends it. */
async function newRunning(stopOn: JobSpec["stopOn"]) {
  const ctx = await newWorkspace(db);
  const limits = JobLimits.parse({ maxFailures: 5 });
  const { id, runId } = await newTrainingJob(ctx, { stopOn, limits });
  const world = new TrainingWorld(ctx, id);
  await world.round();
  const copy = await world.start(launchIdOf(id, 1));
  if (!copy) throw new Error("It did not start.");
  return { ctx, world, copy, runId };
}

const log = (copy: Copy, runId: string, key: string, values: readonly number[]) =>
  logBatch(copy.program, {
    runId,
    metrics: values.map((value, step) => ({ key, value, step, timestamp: Date.now() + step })),
    params: [],
    tags: [],
  });

const kindsOf = async (ctx: Context, runId: string) =>
  (await listRunFindings(ctx, { runIds: [runId] })).map(({ kind }) => kind);

test("stops a job whose loss is not a number at the next round, says why, and never starts it again", async () => {
  const { world, copy, runId } = await newRunning(["no-number"]);
  await log(copy, runId, "loss", [1, 0.5]);
  await checkStoppingRuns(round);
  await world.round();
  expect((await world.job()).stopRequest).toBeNull();
  await log(copy, runId, "loss", [1, 0.5, Number.NaN]);
  await checkStoppingRuns(round);
  await world.round();
  const reason = "loss has been NaN since step 2.";
  expect((await world.job()).stopRequest).toMatchObject({ cause: "failed", byName: "Leeway", reason });
  expect(world.stops).toEqual([copy.launchId]);
  await world.end(copy, 143, true);
  await world.round();
  const ended = { state: "failed", cause: "failed", message: `Stopped by Leeway: ${reason}`, failures: 0 };
  expect(await world.job()).toMatchObject(ended);
  expect(await world.attempts()).toMatchObject([{ cause: "failed" }]);
});

test("stops a job whose gradient norm explodes, and one that does not say so goes on", async () => {
  const norms = [...Array.from({ length: 40 }, (_, step) => 1 + (step % 3) / 10), ...Array(6).fill(1e6)];
  const asked = await newRunning(["exploding"]);
  await log(asked.copy, asked.runId, "grad_norm", norms);
  const other = await newRunning(["no-number"]);
  await log(other.copy, other.runId, "grad_norm", norms);
  await checkStoppingRuns(round);
  for (const { world } of [asked, other]) await world.round();
  expect(await kindsOf(other.ctx, other.runId)).toEqual(["exploding"]);
  expect((await other.world.job()).stopRequest).toBeNull();
  expect((await asked.world.job()).stopRequest).toMatchObject({ cause: "failed" });
});

test("runs whose jobs stop on nothing are left to the check of each minute", async () => {
  const { ctx, world, copy, runId } = await newRunning([]);
  await log(copy, runId, "loss", [1, Number.NaN]);
  await checkStoppingRuns(round);
  await world.round();
  expect(await kindsOf(ctx, runId)).toEqual([]);
  expect((await world.job()).stopRequest).toBeNull();
});

test("keeps the newest checkpoint from before the finding, however many follow", async () => {
  const { world, copy, runId } = await newRunning(["no-number"]);
  await world.save(copy);
  await log(copy, runId, "loss", [1]);
  await world.save(copy);
  const sound = await world.newestCheckpoint();
  await log(copy, runId, "loss", [1, Number.NaN]);
  await checkStoppingRuns(round);
  for (let at = 0; at < 5; at += 1) await world.save(copy);
  const stored = await db
    .select()
    .from(trainingCheckpoints)
    .where(eq(trainingCheckpoints.jobId, (await world.job()).id))
    .orderBy(trainingCheckpoints.seq);
  const kept = stored.filter(({ removedAt }) => removedAt === null);
  expect(kept.map(({ seq }) => seq)).toEqual([2, 5, 6, 7]);
  expect(kept[0]?.id).toBe(sound);
});
