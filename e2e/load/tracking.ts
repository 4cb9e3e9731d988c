import { parseArgs } from "node:util";
import { atMost, comparedTo, type Row } from "./report.ts";
import { measureLargeWorkspace } from "./tracking/large-rows.ts";
import { startLeeway } from "./tracking/leeway-server.ts";
import { type Measured, measure } from "./tracking/measure.ts";
import { startMlflow } from "./tracking/mlflow-server.ts";

/**
 * Compares Leeway with MLflow's own server, each with its own Postgres with the same settings, under the same load from the same client,
 * one after the other. `--runs 10000` is the number of runs of the searched experiment.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({ allowPositionals: true, options: { runs: { type: "string", default: "10000" } } });
  const runs = Number(values.runs);
  const leeway = await startLeeway();
  let numbers: Measured;
  let alone: Row[];
  try {
    numbers = await measure(leeway, runs);
    alone = await measureLargeWorkspace(leeway);
  } finally {
    await leeway.stop();
  }
  return [...rowsOf(numbers, await measuredPeer(runs)), ...alone];
}

async function measuredPeer(runs: number): Promise<Measured> {
  const server = await startMlflow();
  try {
    return await measure(server, runs);
  } finally {
    await server.stop();
  }
}

function rowsOf(leeway: Measured, peer: Measured): Row[] {
  const row = (name: string, unit: string, read: keyof Measured, bound: "at least" | "at most", factor: number) =>
    comparedTo(peer[read], { name, unit, leeway: leeway[read] }, bound, factor);
  const { bytesPerPoint, memoryMb } = leeway;
  return [
    row("log-batch", "points/s", "logBatch", "at least", 5),
    row("log-metric-p95", "ms", "logMetricMsP95", "at most", 0.35),
    row("create-run", "runs/s", "createRun", "at least", 8),
    row("search-100-p95", "ms", "search100MsP95", "at most", 0.1),
    row("search-1000", "ms", "search1000MsP50", "at most", 0.15),
    row("curve-100k-p95", "ms", "curveMsP95", "at most", 0.1),
    atMost(60, { name: "bytes-per-point", unit: "bytes", leeway: bytesPerPoint }, peer.bytesPerPoint),
    atMost(400, { name: "web-rss-mb", unit: "MB", leeway: memoryMb }, peer.memoryMb),
  ];
}
