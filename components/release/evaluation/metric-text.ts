import { formatNumber, formatPercent, formatPoints } from "#components/ui/format.ts";
import type { EvaluationMetric } from "#server/release/evaluation/contract.ts";

type Scale = EvaluationMetric["scale"];
interface Interval {
  low: number;
  high: number;
}

/** Formats a metric: a proportion in percent, others with three digits. */
export function valueText(scale: Scale, value: number | null): string {
  return scale === "proportion" ? formatPercent(value, { decimals: 1 }) : formatNumber(value);
}

/** Formats an interval as "0.936 to 0.957"; undefined without one. */
export function intervalText(scale: Scale, interval: Interval | null): string | undefined {
  return interval ? `${valueText(scale, interval.low)} to ${valueText(scale, interval.high)}` : undefined;
}

/** Formats a difference with its sign: in points for proportions. */
export function differenceText(scale: Scale, difference: number | null): string {
  if (difference === null || scale === "proportion") return formatPoints(difference);
  return difference > 0 ? `+${formatNumber(difference)}` : formatNumber(difference);
}

/** Formats the interval of a difference without its unit: "−0.7 to 1.9". */
export function differenceRange(scale: Scale, interval: Interval | null): string {
  if (!interval) return "";
  const shown = (value: number) =>
    formatNumber(scale === "proportion" ? value * 100 : value, scale === "proportion" ? { decimals: 1 } : {});
  return `${shown(interval.low)} to ${shown(interval.high)}`;
}
