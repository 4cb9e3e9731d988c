import { hourMs } from "#server/durations.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import type { Prediction } from "../predictions/contract.ts";

/** What an hour of computing costs, in any one currency. */
export interface Prices {
  /** Of one core; undefined where nobody said. */
  coreHour: number | undefined;
  /** Of one GPU. */
  gpuHour: number | undefined;
  /** Cores that one run takes (MODEL_THREADS). */
  threads: number;
}

/** A run that a request was in, with others of its batch. */
interface PricedRun {
  provider: string;
  /** Milliseconds that it kept a worker: building inputs, running, taking outputs apart. */
  workerMs: number;
  /** Of the request, and of the whole batch. */
  rows: number;
  batchRows: number;
}

/** A request as it ended, with what it ran in. */
interface PricedRequest {
  provider: string;
  source: Prediction["source"];
  rows: number;
  result: PoolResult | undefined;
  /** Of a cascade. */
  steps: readonly unknown[] | undefined;
}

/** What a request cost. @returns as costOf; null also where the run did not end, or earlier steps of a cascade ran too */
export function costOfRequest(prices: Prices, { provider, source, rows, result, steps }: PricedRequest): number | null {
  if (source !== "model") return costOf(prices, { provider, workerMs: 0, rows, batchRows: rows });
  if (!result?.batch || (steps && steps.length > 1)) return null;
  const workerMs = result.inputMs + result.runMs + result.outputMs;
  return costOf(prices, { provider, workerMs, rows, batchRows: result.batch.rows });
}

/**
 * What the run of a model cost for one request: the time of its worker, at the price of the cores or of the GPU that it takes, by the
 * request's share of the rows. What machines cost while they wait is not in it.
 * @returns in the currency of the price; null where there is no price, as for engines elsewhere
 */
export function costOf({ coreHour, gpuHour, threads }: Prices, run: PricedRun): number | null {
  const { provider, workerMs, rows, batchRows } = run;
  const perHour = provider === "cpu" ? coreHour && coreHour * threads : isGpu(provider) ? gpuHour : undefined;
  if (perHour === undefined) return null;
  return (perHour / hourMs) * workerMs * Math.min(1, rows / Math.max(1, batchRows));
}

function isGpu(provider: string): boolean {
  return provider === "cuda" || provider === "tensorrt" || provider === "webgpu";
}
