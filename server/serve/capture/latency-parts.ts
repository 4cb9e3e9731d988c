import type { PoolResult } from "../pool/waiting-request.ts";
import type { LatencyParts } from "../predictions/contract.ts";

/** The moments of a request on the clock of performance.now(). */
interface Moments {
  startedAt: number;
  /** Time at which its tensors were ready to run. */
  boundAt: number;
  /** Time at which the model had returned its outputs. */
  answeredAt: number;
  endedAt: number;
}

/** Splits the time of a request that the model itself answered. The parts add up to the total, except for waking threads. */
export function latencyParts(
  { queueMs, inputMs, runMs: computeMs, outputMs }: PoolResult,
  { startedAt, boundAt, answeredAt, endedAt }: Moments,
): LatencyParts {
  return { beforeMs: boundAt - startedAt, queueMs, inputMs, computeMs, outputMs, afterMs: endedAt - answeredAt };
}

/**
 * Returns the milliseconds that a version itself took for a request: its pipeline, and its model on tensors that are there. Left out is
 * what depends on where the model runs and on what else runs: waiting for a free worker, and handing tensors over to a thread or process.
 */
export function ownLatencyMs(parts: LatencyParts): number {
  const { beforeMs, inputMs, computeMs, outputMs, afterMs } = parts;
  return beforeMs + inputMs + computeMs + outputMs + afterMs;
}
