import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import type { LoadResult } from "../clients.ts";
import type { RunningGateway } from "../gateway.ts";
import { quantile, saturateRaw } from "../raw-clients.ts";
import { comparedTo, type Row } from "../report.ts";
import { steadyRaw } from "../steady-clients.ts";
import { type Peer, startFastapi, startMlserver } from "./python-peers.ts";

const model = mlpModel([4, 16, 3]);
const body = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [0.1, 0.2, 0.3, 0.4] }] }),
);
const rounds = 3;
const seconds = 4;
const clients = 64;
/** Share of the peer's maximum rate, which it should sustain easily. */
const steadyShare = 0.5;

export const versusMlserver = (gateway: RunningGateway) => versus(gateway, "mlserver", startMlserver);
export const versusFastapi = (gateway: RunningGateway) => versus(gateway, "fastapi", startFastapi);

/** Compares the same tiny model and JSON over 64 connections, alternating: maximum requests per second, and the p99 at an equal rate. */
async function versus(
  gateway: RunningGateway,
  name: string,
  startPeer: (model: Buffer) => Promise<Peer>,
): Promise<Row[]> {
  const started = await startPeer(model);
  try {
    await gateway.serve(`tiny-${name}`, model, mlpSignature);
    const headers = { ...gateway.headers, "content-type": "application/json" };
    const targets = [`${gateway.url}/v2/models/tiny-${name}/infer`, started.url].map((url) => ({ url, headers, body }));
    for (const target of targets) await saturateRaw({ ...target, clients, seconds: 3 });
    const most = await inTurns(targets, (target) => saturateRaw({ ...target, clients, seconds }));
    const [leeway = 0, peer = 0] = most.map((results) => median(results.map((one) => one.requestsPerSecond)));
    const ratePerSecond = Math.floor(peer * steadyShare);
    const steady = await inTurns(targets, (target) => steadyRaw({ ...target, clients, seconds, ratePerSecond }));
    const [ownMs = 0, peerMs = 0] = steady.map((results) =>
      median(results.map((one) => quantile(one.latenciesMs, 0.99))),
    );
    const failures = [...most, ...steady].map((results) => results.reduce((sum, one) => sum + one.failures, 0));
    console.log(
      `${name}: failed requests of Leeway and of the peer ${failures}; steady at ${ratePerSecond} requests/s`,
    );
    const isComplete = failures.every((count) => count === 0);
    const rows = [
      comparedTo(peer, { name: `vs-${name}`, unit: "requests/s", leeway }, "at least", 3),
      comparedTo(peerMs, { name: `vs-${name}-p99`, unit: "ms", leeway: ownMs }, "at most", 1),
    ];
    return rows.map((row) => ({ ...row, ok: row.ok && isComplete }));
  } finally {
    await started.stop();
  }
}

/** Loads the targets in turns and returns the results of each target by round. */
async function inTurns<Target>(
  targets: Target[],
  load: (target: Target) => Promise<LoadResult>,
): Promise<LoadResult[][]> {
  const results = targets.map((): LoadResult[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, target] of targets.entries()) results[index]?.push(await load(target));
  }
  return results;
}

function median(numbers: number[]): number {
  return quantile(numbers, 0.5);
}
