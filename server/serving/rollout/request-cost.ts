import { costOfRequest, type Prices } from "../capture/cost.ts";
import type { PoolResult } from "../pool/waiting-request.ts";

/**
 * What a request cost that the model answered: by the prices, or where there are none, the milliseconds of its worker by its share of the
 * rows. @returns undefined where nothing ran, or on a device without a price
 */
export function requestCost(
  prices: Prices,
  request: { provider: string; rows: number; result: PoolResult | undefined },
): number | undefined {
  const { rows, result } = request;
  if (!result?.batch) return undefined;
  if (prices.coreHour !== undefined || prices.gpuHour !== undefined) {
    return costOfRequest(prices, { ...request, source: "model", steps: undefined }) ?? undefined;
  }
  const workerMs = result.inputMs + result.runMs + result.outputMs;
  return workerMs * Math.min(1, rows / Math.max(1, result.batch.rows));
}
