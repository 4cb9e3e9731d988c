import type { GateResult, GateVerdict, Interval } from "../../develop/registry/gates/contract.ts";
import { formatDifference, formatValue } from "../../develop/registry/gates/format.ts";
import type { MetricGate } from "../../develop/registry/policy/contract.ts";
import { compare, type Estimate, estimate, type Sample } from "./estimate-metric.ts";

interface Part {
  verdict: GateVerdict;
  words: string;
}

/**
 * Evaluates whether a metric of a version reaches its bound, and is not worse than the champion's by more than the margin. With
 * "interval", the full interval has to meet the limit; when the limit lies inside it, the verdict is pending: insufficient data.
 * @param baseline of the champion; null when there is none, and then nothing is compared. Undefined: it has no such metric.
 */
export function evaluateMetricGate(gate: MetricGate, version: Sample, baseline: Sample | null | undefined): GateResult {
  return evaluateEstimates(gate, {
    own: estimate(version, gate),
    other: baseline && estimate(baseline, gate),
    difference: baseline ? compare(version, baseline, gate) : undefined,
  });
}

/** How a metric with a limit is decided. */
export type MetricRule = Pick<MetricGate, "metric" | "better" | "bound" | "margin" | "scale" | "judge" | "confidence">;

/** A metric of a version and of the champion; null when there is no champion, undefined when it has no such metric. */
export interface MetricEstimates {
  own: Estimate;
  other: Estimate | null | undefined;
  /** Own less other. */
  difference: Estimate | undefined;
}

/** Decides by estimates as evaluateMetricGate does. */
export function evaluateEstimates(gate: MetricRule, { own, other, difference }: MetricEstimates): GateResult {
  const sign = gate.better === "higher" ? 1 : -1;
  const parts = [
    gate.bound === null ? undefined : byBound(gate, own, gate.bound, sign),
    gate.margin === null ? undefined : byMargin(gate, gate.margin, other, difference, sign),
  ].filter((part) => part !== undefined);
  const limits = [gate.bound, gate.margin === null || !other ? null : other.value - sign * gate.margin];
  return {
    verdict: worst(parts.map(({ verdict }) => verdict)),
    words: `${formatValue(own.value, gate.scale)}: ${parts.map(({ words }) => words).join("; ")}`,
    measured: own.value,
    limit: strictest(limits, sign),
    evidence: {
      better: gate.better,
      scale: gate.scale,
      interval: own.interval,
      method: difference?.method ?? own.method,
      facts: [
        { label: "This version", value: said(own, gate) },
        ...(other ? [{ label: "Champion", value: said(other, gate) }] : []),
        ...(difference ? [{ label: "Difference", value: saidDifference(difference, gate) }] : []),
        ...(gate.bound === null ? [] : [{ label: "Required", value: saidBound(gate, gate.bound) }]),
        ...(gate.margin === null ? [] : [{ label: "Margin", value: saidMargin(gate, gate.margin) }]),
        { label: "Decision based on", value: rule(gate, own.interval) },
      ],
    },
  };
}

function byBound(gate: MetricRule, own: Estimate, bound: number, sign: number): Part {
  const words = saidBound(gate, bound);
  return evaluateDistance(own.value - bound, shift(own.interval, -bound), gate, sign, words);
}

function saidBound({ better, scale }: MetricRule, bound: number): string {
  return `${better === "higher" ? "at least" : "at most"} ${formatValue(bound, scale)}`;
}

function saidMargin({ scale }: MetricRule, margin: number): string {
  return margin === 0 ? "no worse" : `at most ${formatDifference(margin, scale).slice(1)} worse`;
}

function byMargin(
  gate: MetricRule,
  margin: number,
  baseline: Estimate | null | undefined,
  difference: Estimate | undefined,
  sign: number,
): Part {
  if (baseline === null) return { verdict: "passed", words: "there is no champion to compare with" };
  if (!difference) return { verdict: "pending", words: `the champion has no ${gate.metric} to compare with` };
  const words = `${formatDifference(difference.value, gate.scale)} against the champion, ${saidMargin(gate, margin)}`;
  return evaluateDistance(
    difference.value + sign * margin,
    shift(difference.interval, sign * margin),
    gate,
    sign,
    words,
  );
}

/** @param distance from the limit, and its interval; acceptable if it has the sign of the better direction. */
function evaluateDistance(
  distance: number,
  interval: Interval | null,
  gate: MetricRule,
  sign: number,
  words: string,
): Part {
  const isRight = (value: number) => value * sign >= -1e-12;
  if (gate.judge === "point" || !interval) {
    return { verdict: isRight(distance) ? "passed" : "failed", words };
  }
  const [low, high] = [isRight(interval.low), isRight(interval.high)];
  if (low && high) return { verdict: "passed", words };
  if (!low && !high) return { verdict: "failed", words };
  return { verdict: "pending", words: `${words}, insufficient data` };
}

function shift(interval: Interval | null, by: number): Interval | null {
  return interval && { low: interval.low + by, high: interval.high + by };
}

function worst(verdicts: GateVerdict[]): GateVerdict {
  return (
    verdicts.find((verdict) => verdict === "failed") ?? verdicts.find((verdict) => verdict === "pending") ?? "passed"
  );
}

function strictest(limits: (number | null)[], sign: number): number | null {
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 ? null : sign * Math.max(...known.map((limit) => sign * limit));
}

function said({ value, interval, base }: Estimate, { scale, confidence }: MetricRule): string {
  const range = interval
    ? `, ${confidence * 100}% interval ${formatValue(interval.low, scale)} to ${formatValue(interval.high, scale)}`
    : ", no interval";
  return `${formatValue(value, scale)}${range}${base ? ` (${base})` : ""}`;
}

function saidDifference({ value, interval }: Estimate, { scale, confidence }: MetricRule): string {
  if (!interval) return `${formatDifference(value, scale)}, no interval`;
  return `${formatDifference(value, scale)}, ${confidence * 100}% interval ${formatDifference(interval.low, scale)} to ${formatDifference(interval.high, scale)}`;
}

function rule({ judge: decisionBasis }: MetricRule, interval: Interval | null): string {
  if (decisionBasis === "point") return "point estimate, as configured in the policy";
  return interval ? "the full confidence interval" : "point estimate: the sample size is unknown";
}
