import { costOfRequest, type Prices } from "../../capture/cost.ts";
import { deviceMsOf, type MeteredRequest } from "../../capture/device-ms.ts";

/**
 * Computes the cost of a request that the model served: by the prices, or without any, its core- or GPU-milliseconds.
 * @returns undefined if nothing ran, or on a device without a price
 */
export function requestCost(prices: Prices, request: MeteredRequest): number | undefined {
  if (!request.result?.batch) return undefined;
  if (Object.values(prices).some((price) => price !== undefined)) {
    return costOfRequest(prices, { ...request, source: "model", steps: undefined }) ?? undefined;
  }
  return deviceMsOf(request);
}
