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
