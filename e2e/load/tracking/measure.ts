import { mlflowCall, quantile, timed, together } from "./client.ts";
import type { TrackingServer } from "./server.ts";

/** Measurements of each server: durations and counts of one load, the same for all servers. */
export interface Measured {
  /** Points per second. */
  logBatch: number;
  logMetricMsP95: number;
  /** Runs per second. */
  createRun: number;
  search100MsP95: number;
  search1000MsP50: number;
  curveMsP95: number;
  bytesPerPoint: number;
  memoryMb: number;
}

const clients = 8;
const batchSeconds = 10;
const curvePoints = 100_000;
const optimizers = ["adam", "sgd", "adamw", "lion"];

/** Measures a server. @param runs number of runs that the load "create-run" adds to the experiment. */
export async function measure(server: TrackingServer, runs: number): Promise<Measured> {
  const { client } = server;
  const say = (what: string) => console.log(`${server.name}: ${what}`);
  const { experiment_id: experimentId } = await mlflowCall<{ experiment_id: string }>(client, "experiments/create", {
    name: "bench",
  });
  const warm = await newRun(server, "0");
  for (let index = 0; index < 50; index++) await client.send("POST", logMetricPath, metricBody(warm, index));

  const logBatch = await measureBatches(server);
  say(`${logBatch.toFixed(0)} points/s in batches of 1,000 from ${clients} clients`);

  const single = await newRun(server, "0");
  const bodies = Array.from({ length: 500 }, (_, index) => metricBody(single, index));
  const logMetricMsP95 = quantile(await timed(500, (index) => client.send("POST", logMetricPath, bodies[index])), 0.95);
  say(`one metric after the other, p95 ${logMetricMsP95.toFixed(1)} ms`);

  const curveMsP95 = await measureCurve(server);
  say(`curve of ${curvePoints} points, p95 ${curveMsP95.toFixed(1)} ms`);

  const createRun = await measureCreation(server, experimentId, runs);
  say(`${createRun.toFixed(0)} runs/s created with values, ${runs} runs`);

  const search100 = JSON.stringify({
    experiment_ids: [experimentId],
    max_results: 100,
    filter: "metrics.metric_1 > 0.2 AND params.optimizer = 'adam'",
    order_by: ["metrics.metric_3 DESC"],
  });
  await timed(3, () => client.send("POST", searchPath, search100));
  const search100MsP95 = quantile(await timed(60, () => client.send("POST", searchPath, search100)), 0.95);
  say(`100 of ${runs} runs, filtered and ordered by metrics, p95 ${search100MsP95.toFixed(1)} ms`);

  const search1000 = JSON.stringify({ experiment_ids: [experimentId], max_results: 1000 });
  await timed(2, () => client.send("POST", searchPath, search1000));
  const search1000MsP50 = quantile(await timed(15, () => client.send("POST", searchPath, search1000)), 0.5);
  say(`page of 1,000 runs, p50 ${search1000MsP50.toFixed(0)} ms`);

  const memoryMb = await server.memoryMb();
  const bytesPerPoint = await server.bytesPerPoint();
  say(`${memoryMb.toFixed(0)} MB of memory, ${bytesPerPoint.toFixed(1)} bytes per point`);
  return { logBatch, logMetricMsP95, createRun, search100MsP95, search1000MsP50, curveMsP95, bytesPerPoint, memoryMb };
}

const logMetricPath = "/api/2.0/mlflow/runs/log-metric";
const logBatchPath = "/api/2.0/mlflow/runs/log-batch";
const searchPath = "/api/2.0/mlflow/runs/search";

async function newRun({ client }: TrackingServer, experimentId: string): Promise<string> {
  const { run } = await mlflowCall<{ run: { info: { run_id: string } } }>(client, "runs/create", {
    experiment_id: experimentId,
    start_time: Date.now(),
  });
  return run.info.run_id;
}

function metricBody(runId: string, step: number): string {
  return JSON.stringify({ run_id: runId, key: "loss", value: noisy(step), timestamp: Date.now(), step });
}

/** Returns a falling value like a loss, with noise in every digit. */
function noisy(step: number): number {
  return Math.exp(-step / 5_000) + Math.random() / 10;
}

/**
 * Measures batches: half are 10 metrics at 100 steps, as a training loop with a buffer sends them; half are 100 metrics at 10 steps. Each
 * client logs to its own run.
 */
async function measureBatches(server: TrackingServer): Promise<number> {
  const runIds = await Promise.all(Array.from({ length: clients }, () => newRun(server, "0")));
  let points = 0;
  const endsAt = performance.now() + batchSeconds * 1000;
  const seconds = await together(clients, async (client) => {
    for (let batch = 0; performance.now() < endsAt; batch++) {
      const body = batchBody(runIds[client] as string, batch % 2 === 0 ? 10 : 100, 100 * batch);
      await server.client.send("POST", logBatchPath, body);
      points += 1000;
    }
  });
  return points / seconds;
}

function batchBody(runId: string, keys: number, firstStep: number): string {
  const now = Date.now();
  const metrics = Array.from({ length: 1000 }, (_, index) => {
    const step = firstStep + Math.floor(index / keys);
    return { key: `${keys}_metrics_${index % keys}`, value: noisy(step), timestamp: now + step, step };
  });
  return JSON.stringify({ run_id: runId, metrics });
}

async function measureCurve(server: TrackingServer): Promise<number> {
  const runId = await newRun(server, "0");
  const now = Date.now();
  for (let start = 0; start < curvePoints; start += 1000) {
    const metrics = Array.from({ length: 1000 }, (_, index) => {
      const step = start + index;
      return { key: "loss", value: noisy(step), timestamp: now + 20 * step + Math.floor(Math.random() * 10), step };
    });
    await server.client.send("POST", logBatchPath, JSON.stringify({ run_id: runId, metrics }));
  }
  const path = server.curvePath(runId, "loss");
  await timed(2, () => server.client.send("GET", path));
  return quantile(await timed(40, () => server.client.send("GET", path)), 0.95);
}

/** Fills the experiment: each run is created and gets 10 metrics, 10 params and 5 tags in a batch. */
async function measureCreation(server: TrackingServer, experimentId: string, runs: number): Promise<number> {
  let next = 0;
  const seconds = await together(clients, async () => {
    for (let run = next++; run < runs; run = next++) {
      const runId = await newRun(server, experimentId);
      await server.client.send("POST", logBatchPath, valuesOf(runId, run));
    }
  });
  return runs / seconds;
}

function valuesOf(runId: string, run: number): string {
  const timestamp = Date.now();
  const count = (most: number, make: (index: number) => object) =>
    Array.from({ length: most }, (_, index) => make(index));
  return JSON.stringify({
    run_id: runId,
    metrics: count(10, (index) => ({ key: `metric_${index}`, value: Math.random(), timestamp, step: run % 7 })),
    params: [
      { key: "optimizer", value: optimizers[run % optimizers.length] },
      ...count(9, (index) => ({ key: `param_${index}`, value: String((run * (index + 3)) % 97) })),
    ],
    tags: count(5, (index) => ({ key: `tag_${index}`, value: `value ${(run + index) % 13}` })),
  });
}
