import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import type { LoadResult } from "../clients.ts";
import type { RunningGateway } from "../gateway.ts";
import { quantile, saturateRaw } from "../raw-clients.ts";
import { comparedTo, type Row } from "../report.ts";

const width = 64;
/** 2.1 million parameters. */
const sizes = [width, 1024, 1920, 32];
const signature: Signature = {
  ...mlpSignature,
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", width] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 32] }],
};
const body = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, width], datatype: "FP32", data: Array(width).fill(0.1) }] }),
);
const load = { clients: 16, body };
const rounds = 4;

/** Measures the same model in the same gateway with and without batching, 16 connections, alternating. */
export async function batching(gateway: RunningGateway): Promise<Row[]> {
  const model = mlpModel(sizes);
  await gateway.serve("joined", model, signature);
  await gateway.serve("single", model, signature, { maxBatchSize: 1 });
  const to = (name: string) => ({ ...load, url: `${gateway.url}/v2/models/${name}/infer`, headers: gateway.headers });
  for (const name of ["joined", "single"]) await saturateRaw({ ...to(name), seconds: 3 });
  const results: [LoadResult, LoadResult][] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push([
      await saturateRaw({ ...to("joined"), seconds: 4 }),
      await saturateRaw({ ...to("single"), seconds: 4 }),
    ]);
  }
  const rate = (index: 0 | 1) =>
    quantile(
      results.map((pair) => pair[index].requestsPerSecond),
      0.5,
    );
  const p99 = (index: 0 | 1) =>
    quantile(
      results.flatMap((pair) => pair[index].latenciesMs),
      0.99,
    );
  const failures = results.reduce((sum, [joined, single]) => sum + joined.failures + single.failures, 0);
  const row = comparedTo(rate(1), { name: "batching-16", unit: "requests/s", leeway: rate(0) }, "at least", 3);
  return [
    { ...row, ok: row.ok && failures === 0 },
    comparedTo(p99(1), { name: "batching-16, p99", unit: "ms", leeway: p99(0) }, "at most", 1),
  ];
}
