import { setTimeout as pause } from "node:timers/promises";
import ort from "onnxruntime-node";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { loopModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { type Asker, openClient } from "../raw-clients.ts";
import type { Tenant } from "./second-workspace.ts";

export const slowName = "slow";
export const slowModel = loopModel();
export const slowSignature: Signature = {
  ...mlpSignature,
  inputs: [
    { name: "n", datatype: "INT64", shape: [] },
    { name: "x", datatype: "FP32", shape: [1] },
  ],
  outputs: [{ name: "y", datatype: "FP32", shape: [1] }],
};
/** Milliseconds after which a waiting request or task fails, so that the queue is empty soon after a phase. */
export const slowTimeoutMs = 25_000;

const targetMs = 10_000;
/** More than may wait for the model. */
const clients = 160;
const tasks = 200;
const largeTasks = 6;
/** Above this size, inputs of tasks are files, of which a gateway reads only a few at a time. */
const largeBytes = 300 * 1024;
const expirySeconds = 30;

/** Returns a request that makes the slow model run for about 10 s on this machine. */
export async function slowRequest(): Promise<Buffer> {
  const session = await ort.InferenceSession.create(slowModel, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const x = new ort.Tensor("float32", Float32Array.of(1), [1]);
  const timeMs = async (times: bigint) => {
    const startedAt = performance.now();
    await session.run({ n: new ort.Tensor("int64", BigInt64Array.of(times), []), x });
    return performance.now() - startedAt;
  };
  await timeMs(1_000n);
  const probe = 300_000n;
  // The quickest: what else runs on the machine only adds.
  const perRunMs = Math.min(await timeMs(probe), await timeMs(probe), await timeMs(probe));
  await session.release();
  const times = Math.round((Number(probe) * targetMs) / perRunMs);
  return Buffer.from(
    `{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":[${times}]},{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}`,
  );
}

/** Requests and tasks of a tenant that fill its queues. */
export interface SlowLoad {
  /** Requests on their way, and accepted tasks. */
  inFlight(): number;
  tasks: number;
  /** Resolves with the milliseconds until the first response, or until its time limit without one. */
  firstMs(): Promise<number>;
  stop(): Promise<void>;
}

/** Sends more requests than may wait for the slow model, again and again, and submits tasks, some with large inputs. */
export async function startSlowLoad(gatewayUrl: string, { headers }: Tenant, body: Buffer): Promise<SlowLoad> {
  const url = `${gatewayUrl}/v2/models/${slowName}`;
  const stop = new AbortController();
  const startedAt = performance.now();
  let inFlight = 0;
  const first = Promise.withResolvers<number>();
  const client = async ({ request, close }: Asker) => {
    stop.signal.addEventListener("abort", close);
    while (!stop.signal.aborted) {
      inFlight += 1;
      const status = await request();
      inFlight -= 1;
      if (status === 200) first.resolve(performance.now() - startedAt);
      else await pause(500);
    }
  };
  const json = { ...headers, "content-type": "application/json" };
  const askers = await Promise.all(
    Array.from({ length: clients }, () => openClient({ url: `${url}/infer`, headers: json, body })),
  );
  const running = askers.map(client);
  const large = Buffer.concat([body, Buffer.alloc(largeBytes, " ")]);
  const bodies = [...Array<Buffer>(largeTasks).fill(large), ...Array<Buffer>(tasks).fill(body)];
  let accepted = 0;
  const submitter = async () => {
    for (let next = bodies.shift(); next; next = bodies.shift()) {
      const response = await fetch(`${url}/tasks`, {
        method: "POST",
        headers: { ...json, "leeway-expires-in": String(expirySeconds) },
        body: new Uint8Array(next),
      });
      await response.arrayBuffer();
      if (response.status === 202) accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, submitter));
  return {
    inFlight: () => inFlight,
    tasks: accepted,
    firstMs: async () => {
      const limitMs = startedAt + slowTimeoutMs - performance.now();
      return Promise.race([first.promise, pause(Math.max(0, limitMs), slowTimeoutMs)]);
    },
    stop: async () => {
      stop.abort();
      await Promise.all(running);
    },
  };
}
