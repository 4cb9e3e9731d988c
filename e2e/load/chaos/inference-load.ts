import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Sample } from "#server/roles/demo/recording.ts";

/** Prediction request with the time of its response. */
export interface Prediction {
  at: number;
  /** HTTP status; 0 without a response. */
  status: number;
  latencyMs: number;
}

const limitMs = 10_000;
const paceMs = 40;

/** Calls the gateway without retries, so that every failure counts. Continues until `signal` is aborted. */
export async function caller(
  target: DemoTarget,
  samples: readonly Sample[],
  signal: AbortSignal,
): Promise<Prediction[]> {
  const made: Prediction[] = [];
  for (let index = 0; !signal.aborted; index++) {
    const startedAt = Date.now();
    const status = await predict(target, samples[index % samples.length] as Sample);
    made.push({ at: Date.now(), status, latencyMs: Date.now() - startedAt });
    await pause(paceMs);
  }
  return made;
}

async function predict(target: DemoTarget, { inputs }: Sample): Promise<number> {
  try {
    const response = await fetch(`${target.gatewayUrl}/v2/models/digits/infer`, {
      method: "POST",
      headers: { authorization: `Bearer ${target.token}`, "content-type": "application/json" },
      body: JSON.stringify({ inputs }),
      signal: AbortSignal.timeout(limitMs),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
