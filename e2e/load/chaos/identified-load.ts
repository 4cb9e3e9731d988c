import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Sample } from "#server/roles/demo/recording.ts";

/** Prediction request with a unique id. */
export interface Requested {
  requestId: string;
  /** Time of the response, in milliseconds since 1970. */
  at: number;
  /** HTTP status; 0 without a response. */
  status: number;
  latencyMs: number;
}

const limitMs = 10_000;

/**
 * Calls the gateway without retries, so that every failure counts. Continues until `signal` is aborted.
 * @param paceMs pause between a response and the next request
 */
export async function identifiedCaller(
  target: DemoTarget,
  samples: readonly Sample[],
  { paceMs, signal }: { paceMs: number; signal: AbortSignal },
): Promise<Requested[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const bodies = samples.map(({ inputs }) => JSON.stringify({ inputs }));
  const made: Requested[] = [];
  for (let index = 0; !signal.aborted; index++) {
    const requestId = randomUUID();
    const startedAt = performance.now();
    const status = await send(target, agent, requestId, bodies[index % bodies.length] as string);
    made.push({ requestId, status, at: Date.now(), latencyMs: performance.now() - startedAt });
    await pause(paceMs);
  }
  agent.destroy();
  return made;
}

function send(target: DemoTarget, agent: Agent, requestId: string, body: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const headers = {
    authorization: `Bearer ${target.token}`,
    "content-type": "application/json",
    "x-request-id": requestId,
    "content-length": Buffer.byteLength(body),
  };
  const sent = request(`${target.gatewayUrl}/v2/models/digits/infer`, { agent, method: "POST", headers });
  sent.setTimeout(limitMs, () => sent.destroy(new Error("late")));
  sent.once("error", () => resolve(0));
  sent.once("response", (response) => {
    response.once("error", () => resolve(0));
    response.once("end", () => resolve(response.statusCode ?? 0));
    response.resume();
  });
  sent.end(body);
  return promise;
}
