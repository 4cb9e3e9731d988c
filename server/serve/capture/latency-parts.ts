import type { PoolResult } from "../pool/waiting-request.ts";
import type { LatencyParts } from "../predictions/contract.ts";

/** The moments of a request on the clock of performance.now(). */
interface Moments {
  startedAt: number;
  /** Its tensors were ready to run. */
  boundAt: number;
  /** The model had answered. */
  answeredAt: number;
  endedAt: number;
}

/** Where the time of a request went that the model itself answered. The parts add up to the whole, but for waking threads. */
export function latencyParts(
  { queueMs, inputMs, runMs: computeMs, outputMs }: PoolResult,
  { startedAt, boundAt, answeredAt, endedAt }: Moments,
): LatencyParts {
  return { beforeMs: boundAt - startedAt, queueMs, inputMs, computeMs, outputMs, afterMs: endedAt - answeredAt };
}
