import { formatNumber, formatPercent, nbsp, noValue } from "#components/ui/format.ts";
import type { EvaluationMetric } from "#server/release/evaluation/contract.ts";

type Scale = EvaluationMetric["scale"];
interface Interval {
  low: number;
  high: number;
}

/** Formats a metric: a proportion in percent, scores below 10 with three decimals, so that they align. */
export function valueText(scale: Scale, value: number | null): string {
  return scale === "proportion" ? formatPercent(value, { decimals: 1 }) : numberText(value);
}

function numberText(value: number | null): string {
  return formatNumber(value, value !== null && Math.abs(value) < 10 ? { decimals: 3 } : {});
}

/** Formats an interval as "93.6% to 95.7%"; undefined without one. */
export function intervalText(scale: Scale, interval: Interval | null): string | undefined {
  return interval ? `${valueText(scale, interval.low)} to ${valueText(scale, interval.high)}` : undefined;
}

/** Formats a difference with its sign: in points for proportions. */
export function differenceText(scale: Scale, difference: number | null): string {
  if (difference === null) return noValue;
  const isShare = scale === "proportion";
  const text = isShare ? formatNumber(difference * 100, { decimals: 1 }) : numberText(difference);
  const isPositive = difference > 0 && !text.startsWith("<");
  return `${isPositive ? "+" : ""}${text}${isShare ? `${nbsp}pp` : ""}`;
}

/** Formats the interval of a difference without its unit: "−0.7 to 1.9". */
export function differenceRange(scale: Scale, interval: Interval | null): string {
  if (!interval) return "";
  // Ends near 0 are ends, not values below a limit.
  const shown = (value: number) => {
    const decimals = scale === "proportion" ? 1 : 3;
    const size = scale === "proportion" ? value * 100 : value;
    if (Math.abs(size) >= 10 && scale !== "proportion") return formatNumber(size);
    return Number(Math.abs(size).toFixed(decimals)) === 0 ? "0" : formatNumber(size, { decimals });
  };
  return `${shown(interval.low)} to ${shown(interval.high)}`;
}
