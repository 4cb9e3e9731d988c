import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import type { LoadResult } from "./clients.ts";
import { cpuSeconds } from "./gateway/process-tree.ts";
import { startGatewayProcess } from "./gateway.ts";
import { quantile, saturateRaw } from "./raw-clients.ts";
import { comparedTo, type Row } from "./report.ts";
import { slowBody, slowModel, slowSignature } from "./slow-model.ts";
import { steadyRaw } from "./steady-clients.ts";

const tiny = mlpModel([4, 16, 3]);
const tinyBody = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [0.1, 0.2, 0.3, 0.4] }] }),
);
const rounds = 8;
const seconds = 4;
const runMs = 5;
const ratePerSecond = 30;

interface Measured extends LoadResult {
  /** CPU time of the gateway and its workers. */
  cpuSeconds: number;
}

/**
 * Measures the cost of a rollout for the requests of its endpoint, compared with the same endpoint without one: the rate of a tiny model
 * over 64 connections, and the latency of a model of 5 ms at a steady rate while all requests also run on the other version. In turns.
 * At a weight of 10 % a second set of workers runs small batches; at 0.01 % only the cost of assignment and counting remains.
 */
export async function run(): Promise<Row[]> {
  const gateway = await startGatewayProcess({ GATEWAY_PROCESSES: "1" });
  const { url, fixture, pid } = gateway;
  const headers = { ...gateway.headers, "content-type": "application/json" };
  const target = (name: string, body: Buffer) => ({ url: `${url}/v2/models/${name}/infer`, headers, body });
  const withCpu = async (load: Promise<LoadResult>): Promise<Measured> => {
    const before = cpuSeconds(pid);
    return { ...(await load), cpuSeconds: cpuSeconds(pid) - before };
  };
  try {
    for (const name of ["plain", "counted", "split"]) await gateway.serve(name, tiny, mlpSignature);
    const { model } = await slowModel(runMs);
    for (const name of ["alone", "copied"]) await gateway.serve(name, model, slowSignature);
    const roll = async (name: string, weight: number, shadowShare: number) => {
      const isTiny = name === "counted" || name === "split";
      const file = isTiny ? { model: tiny, signature: mlpSignature } : { model, signature: slowSignature };
      await fixture.rollOut({ name, ...file }, { weight, shadowShare });
      await gateway.untilServed(`${name}/versions/2`);
    };
    await roll("counted", 0.0001, 0);
    await roll("split", 0.1, 0);
    await roll("alone", 0.1, 0);
    await roll("copied", 0.1, 1);

    const saturated = (name: string) =>
      withCpu(saturateRaw({ ...target(name, tinyBody), clients: 64, seconds: seconds / 2 }));
    const steady = (name: string) =>
      withCpu(steadyRaw({ ...target(name, slowBody), clients: 16, seconds, ratePerSecond }));
    const [plain, counted, split] = (await inTurns(["plain", "counted", "split"], saturated)) as [
      Measured[],
      Measured[],
      Measured[],
    ];
    const [alone, copied] = (await inTurns(["alone", "copied"], steady)) as [Measured[], Measured[]];
    const failures = [plain, counted, split, alone, copied].flat().reduce((sum, result) => sum + result.failures, 0);
    console.log(`${failures} failed; ${copiesIn(await gateway.metrics())}`);
    const rate = (results: Measured[]) =>
      quantile(
        results.map(({ requestsPerSecond }) => requestsPerSecond),
        0.5,
      );
    const cpuUs = (results: Measured[]) => (1e6 * sum(results, "cpuSeconds")) / sum(results, "requests");
    const late = (results: Measured[], share: number) =>
      quantile(
        results.flatMap(({ latenciesMs }) => latenciesMs),
        share,
      );
    const rows = [
      comparedTo(rate(plain), named("json-64, weight 10 %", "requests/s", rate(split)), "at least", 0.95),
      comparedTo(rate(plain), named("json-64, weight 0.01 %", "requests/s", rate(counted)), "at least", 0.95),
      comparedTo(cpuUs(plain), named("CPU, weight 10 %", "us/request", cpuUs(split)), "at most", 1.3),
      comparedTo(cpuUs(plain), named("CPU, weight 0.01 %", "us/request", cpuUs(counted)), "at most", 1.05),
      comparedTo(late(alone, 0.99), named("live p99, all copied", "ms", late(copied, 0.99)), "at most", 1.1),
      comparedTo(late(alone, 0.5), named("live p50, all copied", "ms", late(copied, 0.5)), "at most", 1.1),
    ];
    return rows.map((row) => ({ ...row, ok: row.ok && failures === 0 }));
  } finally {
    await gateway.stop();
  }
}

const named = (name: string, unit: string, leeway: number) => ({ name, unit, leeway });

function sum(results: readonly Measured[], what: "cpuSeconds" | "requests"): number {
  return results.reduce((total, result) => total + result[what], 0);
}

/** Rounds of all, after one of each that is not counted; none is always the first. */
async function inTurns(names: string[], measure: (name: string) => Promise<Measured>): Promise<Measured[][]> {
  for (const name of names) await measure(name);
  const results: Measured[][] = names.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const index = (round + turn) % names.length;
      results[index]?.push(await measure(names[index] as string));
    }
  }
  return results;
}

/** Describes how many copies ran, and how many were dropped because the gateway was busy. */
function copiesIn(metrics: string): string {
  const count = (pattern: RegExp) =>
    [...metrics.matchAll(pattern)].reduce((total, [, found]) => total + Number(found), 0);
  const ran = count(/^leeway_inference_requests_total\{[^}]*arm="shadow"[^}]*\} (\d+)/gm);
  return `${ran} copies ran, ${count(/^leeway_shadow_dropped_total\{[^}]*\} (\d+)/gm)} were dropped`;
}
