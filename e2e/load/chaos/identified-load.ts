import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Sample } from "#server/roles/demo/recording.ts";

/** Prediction request with the id that the gateway gave it, by which it is sampled. */
export interface Requested {
  /** Empty without a response. */
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
    const startedAt = performance.now();
    const responded = await send(target, agent, bodies[index % bodies.length] as string);
    made.push({ ...responded, at: Date.now(), latencyMs: performance.now() - startedAt });
    await pause(paceMs);
  }
  agent.destroy();
  return made;
}

type Responded = Pick<Requested, "requestId" | "status">;

function send(target: DemoTarget, agent: Agent, body: string): Promise<Responded> {
  const { promise, resolve } = Promise.withResolvers<Responded>();
  const none = { requestId: "", status: 0 };
  const headers = {
    authorization: `Bearer ${target.token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const sent = request(`${target.gatewayUrl}/v2/models/digits/infer`, { agent, method: "POST", headers });
  sent.setTimeout(limitMs, () => sent.destroy(new Error("late")));
  sent.once("error", () => resolve(none));
  sent.once("response", (response) => {
    const { "leeway-request-id": requestId } = response.headers;
    response.once("error", () => resolve(none));
    response.once("end", () => resolve({ requestId: String(requestId ?? ""), status: response.statusCode ?? 0 }));
    response.resume();
  });
  sent.end(body);
  return promise;
}
