import { hourMs } from "#server/base/durations.ts";
import type { Prediction } from "../predictions/contract.ts";
import { deviceMsOf, isEngine, isGpu, type MeteredRequest } from "./device-ms.ts";

/** What computing costs where a request runs, in the one currency of its workspace. Undefined where nobody said. */
export interface Prices {
  /** An hour of one core. */
  coreHour: number | undefined;
  /** An hour of one GPU. */
  gpuHour: number | undefined;
  /** A request to an engine elsewhere. */
  engineRequest?: number | undefined;
}

/** A request as it ended, with what it ran in. */
interface PricedRequest extends MeteredRequest {
  source: Prediction["source"];
  /** Of a cascade. */
  steps: readonly unknown[] | undefined;
}

/** What a request cost. @returns as costOf; null also where the run did not end, or earlier steps of a cascade ran too */
export function costOfRequest(prices: Prices, request: PricedRequest): number | null {
  const { source, result, steps, provider } = request;
  if (source !== "model") return costOf(prices, { provider, deviceMs: 0, requests: 0 });
  if (!result?.batch || (steps && steps.length > 1)) return null;
  return costOf(prices, { provider, deviceMs: deviceMsOf(request), requests: 1 });
}

/**
 * What running costs: the core- or GPU-milliseconds that it took at the price of an hour, or its requests to an engine at the price of
 * each. What machines cost while they wait is not in it.
 * @returns in the currency of the price; null where there is no price
 */
export function costOf(
  { coreHour, gpuHour, engineRequest }: Prices,
  { provider, deviceMs, requests }: { provider: string; deviceMs: number; requests: number },
): number | null {
  if (isEngine(provider)) return engineRequest === undefined ? null : engineRequest * requests;
  const perHour = provider === "cpu" ? coreHour : isGpu(provider) ? gpuHour : undefined;
  return perHour === undefined ? null : (perHour / hourMs) * deviceMs;
}
