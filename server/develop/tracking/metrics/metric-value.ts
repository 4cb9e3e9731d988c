import type { MetricValue } from "./contract.ts";

/** Converts NaN to the string that represents it in JSON. */
export function asMetricValue(value: number): MetricValue {
  return Number.isNaN(value) ? "NaN" : value;
}
