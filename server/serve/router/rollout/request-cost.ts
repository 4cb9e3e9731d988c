import { costOfRequest, type Prices } from "../../capture/cost.ts";
import { deviceMsOf, type MeteredRequest } from "../../capture/device-ms.ts";

/**
 * What a request cost that the model answered: by the prices, or where there are none, the core- or GPU-milliseconds that it took.
 * @returns undefined where nothing ran, or on a device without a price
 */
export function requestCost(prices: Prices, request: MeteredRequest): number | undefined {
  if (!request.result?.batch) return undefined;
  if (Object.values(prices).some((price) => price !== undefined)) {
    return costOfRequest(prices, { ...request, source: "model", steps: undefined }) ?? undefined;
  }
  return deviceMsOf(request);
}
