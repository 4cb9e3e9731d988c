import { hourMs } from "#server/base/durations.ts";
import type { Prediction } from "../predictions/contract.ts";
import { deviceMsOf, isEngine, isGpu, type MeteredRequest } from "./device-ms.ts";

/** Compute prices where a request runs, in the workspace's single currency. Undefined if not configured. */
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
  /** Steps of a cascade. */
  steps: readonly unknown[] | undefined;
}

/** Computes the cost of a request. @returns as costOf; null also if the run did not end, or earlier steps of a cascade ran too */
export function costOfRequest(prices: Prices, request: PricedRequest): number | null {
  const { source, result, steps, provider } = request;
  if (source !== "model") return costOf(prices, { provider, deviceMs: 0, requests: 0 });
  if (!result?.batch || (steps && steps.length > 1)) return null;
  return costOf(prices, { provider, deviceMs: deviceMsOf(request), requests: 1 });
}

/**
 * Computes the cost of a run: its core- or GPU-milliseconds at the hourly price, or its requests to an engine at the price of
 * each. Idle costs of machines are not included.
 * @returns in the currency of the price; null when there is no price
 */
export function costOf(
  { coreHour, gpuHour, engineRequest }: Prices,
  { provider, deviceMs, requests }: { provider: string; deviceMs: number; requests: number },
): number | null {
  if (isEngine(provider)) return engineRequest === undefined ? null : engineRequest * requests;
  const perHour = provider === "cpu" ? coreHour : isGpu(provider) ? gpuHour : undefined;
  return perHour === undefined ? null : (perHour / hourMs) * deviceMs;
}
