import { mlpModel } from "#server/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/serving/testing.ts";
import type { LoadResult } from "./clients.ts";
import { startGatewayProcess } from "./gateway.ts";
import { quantile, saturateRaw } from "./raw-clients.ts";
import { comparedTo, type Row } from "./report.ts";
import { slowBody, slowModel, slowSignature } from "./slow-model.ts";
import { steadyRaw } from "./steady-clients.ts";

const tiny = mlpModel([4, 16, 3]);
const tinyBody = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [0.1, 0.2, 0.3, 0.4] }] }),
);
const rounds = 6;
const seconds = 4;
const runMs = 5;
const ratePerSecond = 30;

/**
 * What a rollout costs the requests of its endpoint, beside the same endpoint without: the rate of a tiny model over 64 connections at a
 * weight of 10 %, and the latency of a model of 5 ms at a steady rate while all requests also run on the other version. In turns.
 */
export async function run(): Promise<Row[]> {
  const gateway = await startGatewayProcess({ GATEWAY_PROCESSES: "1" });
  const { url, scene } = gateway;
  const headers = { ...gateway.headers, "content-type": "application/json" };
  const target = (name: string, body: Buffer) => ({ url: `${url}/v2/models/${name}/infer`, headers, body });
  try {
    for (const name of ["plain", "rolled"]) await gateway.serve(name, tiny, mlpSignature);
    const { model } = await slowModel(runMs);
    for (const name of ["unshadowed", "shadowed"]) await gateway.serve(name, model, slowSignature);
    await scene.rollOut({ name: "rolled", model: tiny, signature: mlpSignature }, { weight: 0.1, shadowShare: 0 });
    const slow = { model, signature: slowSignature };
    await scene.rollOut({ name: "unshadowed", ...slow }, { weight: 0.1, shadowShare: 0 });
    await scene.rollOut({ name: "shadowed", ...slow }, { weight: 0.1, shadowShare: 1 });
    for (const name of ["rolled", "unshadowed", "shadowed"]) await gateway.untilServed(`${name}/versions/2`);

    const saturated = (name: string) => saturateRaw({ ...target(name, tinyBody), clients: 64, seconds });
    const steady = (name: string) => steadyRaw({ ...target(name, slowBody), clients: 16, seconds, ratePerSecond });
    const rates = await inTurns(["rolled", "plain"], saturated);
    const latencies = await inTurns(["shadowed", "unshadowed"], steady);
    const failures = [...rates.flat(), ...latencies.flat()].reduce((sum, result) => sum + result.failures, 0);
    const rate = (place: 0 | 1) =>
      quantile(
        rates[place].map(({ requestsPerSecond }) => requestsPerSecond),
        0.5,
      );
    const late = (place: 0 | 1, share: number) =>
      quantile(
        latencies[place].flatMap(({ latenciesMs }) => latenciesMs),
        share,
      );
    console.log(`${failures} failed; ${await copiesIn(await gateway.metrics())}`);
    const ms = (name: string, share: number) => ({ name, unit: "ms", leeway: late(0, share) });
    const rows = [
      comparedTo(
        rate(1),
        { name: "json-64 with a rollout at 10 %", unit: "requests/s", leeway: rate(0) },
        "at least",
        0.95,
      ),
      comparedTo(late(1, 0.99), ms("live p99, all requests copied", 0.99), "at most", 1.1),
      comparedTo(late(1, 0.5), ms("live p50, all requests copied", 0.5), "at most", 1.1),
    ];
    return rows.map((row) => ({ ...row, ok: row.ok && failures === 0 }));
  } finally {
    await gateway.stop();
  }
}

/** Rounds of both, after one of each that is not counted. */
async function inTurns(
  names: [string, string],
  measure: (name: string) => Promise<LoadResult>,
): Promise<[LoadResult[], LoadResult[]]> {
  for (const name of names) await measure(name);
  const results: [LoadResult[], LoadResult[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    // Neither is always the first.
    for (const place of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      results[place].push(await measure(names[place]));
    }
  }
  return results;
}

/** How many copies ran, and how many found no quiet moment. */
function copiesIn(metrics: string): string {
  const sum = (pattern: RegExp) =>
    [...metrics.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
  const ran = sum(/^leeway_inference_requests_total\{[^}]*arm="shadow"[^}]*\} (\d+)/gm);
  return `${ran} copies ran, ${sum(/^leeway_shadow_dropped_total\{[^}]*\} (\d+)/gm)} were dropped`;
}
