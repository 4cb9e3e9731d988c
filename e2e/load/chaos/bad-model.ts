import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionSettings } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { trustedAfter } from "#server/serve/pool/worker-crew.ts";
import { loopModel, mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { type GatewayProcess, startGatewayIn } from "../gateway.ts";
import { openGatewayFixture } from "../gateway-fixture.ts";
import { type Call, poll, quickBody } from "./steady-clients.ts";

const loopSignature: Signature = {
  ...mlpSignature,
  inputs: [
    { name: "n", datatype: "INT64", shape: [] },
    { name: "x", datatype: "FP32", shape: [1] },
  ],
  outputs: [{ name: "y", datatype: "FP32", shape: [1] }],
};

/** Gateway with a model that can be made to run forever, and load on another endpoint beside it. */
export interface Trouble {
  gateway: GatewayProcess;
  /** Makes the bad model double a number `times` times. @returns the status, 0 without a response */
  bad(times: bigint): Promise<number>;
}

interface Finding {
  fault: string;
  rounds: number;
  /** Calls of the other endpoint. */
  calls: Call[];
  /** Statuses of the bad model's responses to the harmful requests, and to those after them. */
  harmful: number[];
  after: number[];
}

const clients = 6;
export const forever = 2n ** 60n;

/** Injects a fault while clients use another endpoint. @returns whether none of their requests failed, and the bad model responds again */
export async function besideOthers(
  fault: string,
  rounds: number,
  execution: Partial<ExecutionSettings>,
  makeTrouble: (trouble: Trouble) => Promise<number>,
): Promise<boolean> {
  const fixture = await openGatewayFixture();
  try {
    await fixture.deploy({ name: "good", model: mlpModel([4, 16, 3]), signature: mlpSignature });
    await fixture.deploy({ name: "bad", model: loopModel(), signature: loopSignature, execution });
    const gateway = await startGatewayIn(fixture);
    for (const name of ["good", "bad"]) await gateway.untilServed(name);
    const bad = (times: bigint) => badRequest(gateway, fixture.headers, times);
    const stop = new AbortController();
    const requested = { headers: fixture.headers, body: quickBody, signal: stop.signal };
    const load = Array.from({ length: clients }, () =>
      poll({ url: `${gateway.url}/v2/models/good/infer`, ...requested }),
    );
    // Until the good version is trusted, and runs in the gateway's own process: so that the only other process is the bad one's.
    await pause(5_000);
    const finding: Finding = { fault, rounds, calls: [], harmful: [], after: [] };
    for (let round = 0; round < rounds; round += 1) {
      finding.harmful.push(await makeTrouble({ gateway, bad }));
      finding.after.push(await untilAnswered(() => bad(3n)));
      await pause(1_000);
    }
    stop.abort();
    finding.calls = (await Promise.all(load)).flat();
    const isAlive = gateway.ended() === undefined;
    await gateway.stop();
    return report(finding, isAlive);
  } finally {
    await fixture.close();
  }
}

function report({ fault, rounds, calls, harmful, after }: Finding, isAlive: boolean): boolean {
  const failed = calls.filter(({ status }) => status !== 200);
  const slowestMs = Math.round(calls.reduce((most, { latencyMs }) => Math.max(most, latencyMs), 0));
  const result = {
    rounds,
    requestsOfOthers: calls.length,
    failedOfOthers: failed.length,
    slowestOfOthersMs: slowestMs,
    harmfulAnswered: harmful.join(" "),
    answeredAgain: after.filter((status) => status === 200).length,
    gatewayAlive: isAlive,
  };
  console.table([result]);
  console.log(JSON.stringify({ [fault]: result }));
  const isBack = after.every((status) => status === 200);
  return (
    isAlive && isBack && failed.length === 0 && calls.length > trustedAfter && harmful.every((status) => status >= 500)
  );
}

async function badRequest(gateway: GatewayProcess, headers: Record<string, string>, times: bigint): Promise<number> {
  const body = `{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":["${times}"]},{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}`;
  return fetch(`${gateway.url}/v2/models/bad/infer`, { method: "POST", headers, body }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => 0,
  );
}

/** Waits for a response: a lost worker is restarted after a pause that grows with the number of losses. */
async function untilAnswered(request: () => Promise<number>): Promise<number> {
  let status = 0;
  for (let tries = 0; tries < 60 && status !== 200; tries += 1) {
    status = await request();
    if (status !== 200) await pause(500);
  }
  return status;
}
