import { expect, test } from "vitest";
import { trainingAttempts } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { getJobSpeed } from "./queries.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

type Logged = [key: string, step: number, value: number, seconds: number];

async function newJob(ctx: Context, logged: readonly Logged[], starts: readonly number[] = [0]): Promise<string> {
  const { id, runId } = await newTrainingJob(ctx);
  const metrics = logged.map(([key, step, value, seconds]) => ({ key, step, value, timestamp: 1e12 + seconds * 1000 }));
  await logBatch(ctx, { runId, metrics, params: [], tags: [] });
  for (const [at, seconds] of starts.entries()) {
    const startedAt = new Date(1e12 + seconds * 1000);
    const attempt = { jobId: id, number: at + 1, launch: at + 1, startedAt };
    await db.insert(trainingAttempts).values({ workspaceId: ctx.actor.workspaceId, ...attempt });
  }
  return id;
}

test("reads step time, waits for data, GPUs and memory from the metrics of the run", async () => {
  const ctx = await newWorkspace(db);
  const id = await newJob(ctx, [
    ["step_time_ms", 1, 200, 1],
    ["step_time_ms", 2, 400, 2],
    ["data_wait_ms", 1, 60, 1],
    ["data_wait_ms", 2, 120, 2],
    ["system/gpu_0_utilization_percentage", 0, 40, 1],
    ["system/gpu_0_utilization_percentage", 1, 60, 2],
    ["system/gpu_0_memory_usage_megabytes", 0, 1_000, 1],
    ["system/gpu_1_utilization_percentage", 0, 10, 1],
    ["system/system_memory_usage_megabytes", 0, 2_048, 1],
    ["system/system_memory_usage_megabytes", 1, 4_096, 2],
  ]);
  const speed = await getJobSpeed(ctx, id);
  expect(speed.steps).toMatchObject({ metric: "step_time_ms", isMeasured: true, p50: 0.2, p95: 0.4, count: 2 });
  expect(speed.dataWait).toMatchObject({ metric: "data_wait_ms", p50: 0.06 });
  expect(speed.dataWait?.share).toBeCloseTo(0.3);
  expect(speed.gpus).toMatchObject([
    { gpu: 0, utilisation: { mean: 50, max: 60, last: 60 }, memoryMegabytes: { max: 1_000 }, memoryPercent: null },
    { gpu: 1, utilisation: { mean: 10 }, memoryMegabytes: null },
  ]);
  expect(speed.memoryMegabytes).toMatchObject({ mean: 3_072, last: 4_096 });
  expect(speed.cpuPercent).toBeNull();
});

test("reckons step time from the times of steps, without the wait between attempts, and says what is not logged", async () => {
  const ctx = await newWorkspace(db);
  const loss: Logged[] = [
    [1, 10],
    [2, 12],
    [3, 14],
    [2, 100],
    [3, 101],
  ].map(([step = 0, seconds = 0]) => ["loss", step, 1, seconds]);
  const speed = await getJobSpeed(ctx, await newJob(ctx, loss, [0, 99]));
  expect(speed).toMatchObject({
    steps: { metric: "loss", isMeasured: false, p50: 2, p95: 2, count: 3 },
    dataWait: null,
  });
  expect(speed.gpus).toEqual([]);
  expect(await getJobSpeed(ctx, await newJob(ctx, [["loss", 1, 1, 1]]))).toMatchObject({ steps: null });
  const other = await newWorkspace(db);
  await expect(getJobSpeed(other, await newJob(ctx, []))).rejects.toMatchObject({ code: "not-found" });
});
