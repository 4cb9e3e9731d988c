import type { MetricValue } from "./contract.ts";

/** NaN as the word that travels in JSON. */
export function asMetricValue(value: number): MetricValue {
  return Number.isNaN(value) ? "NaN" : value;
}
