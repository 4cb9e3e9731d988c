import { formatCount } from "#server/base/format-number.ts";
import { newcombeInterval, wilsonInterval } from "#server/stats/proportion.ts";
import { meanInterval, studentQuantile } from "#server/stats/student-t.ts";
import type { Interval } from "../../develop/registry/gates/contract.ts";
import type { MetricGate } from "../../develop/registry/policy/contract.ts";

/** Measurements of one metric of one version. */
export interface Sample {
  value: number;
  /** Rows it was measured on; null when that is not known. */
  rows: number | null;
  /** Values over seeds; empty when only one was trained. */
  seeds: number[];
}

export interface Estimate {
  value: number;
  interval: Interval | null;
  /** Name and source of the interval. */
  method: string | null;
  /** Basis of the estimate: "500 rows". */
  base: string | null;
}

type Way = Pick<MetricGate, "scale" | "confidence">;

/** Returns the metric with its interval: Student's over seeds, Wilson's for a share of a known number of rows, otherwise none. */
export function estimate({ value, rows, seeds }: Sample, { scale, confidence }: Way): Estimate {
  const spread = spreadOf(seeds);
  if (spread) {
    const interval = meanInterval(spread, confidence) ?? null;
    return { value: spread.mean, interval, method: "mean over seeds, Student's t", base: `${spread.count} seeds` };
  }
  const base = rows === null ? null : `${formatCount(rows)} rows`;
  if (!isShare(value, rows, scale)) return { value, interval: null, method: null, base };
  const interval = wilsonInterval({ share: value, count: rows as number }, confidence);
  return { value, interval, method: "Wilson interval for a proportion", base };
}

/**
 * Returns the difference of two versions, first minus second, with its interval: Welch's over seeds, Newcombe's for shares of a known
 * number of rows, otherwise none. Welch, "The generalization of Student's problem", Biometrika 34, 1947.
 */
export function compare(first: Sample, second: Sample, { scale, confidence }: Way): Estimate {
  const [a, b] = [spreadOf(first.seeds), spreadOf(second.seeds)];
  if (a && b) {
    const [ofA, ofB] = [a.deviation ** 2 / a.count, b.deviation ** 2 / b.count];
    const value = a.mean - b.mean;
    const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.count - 1) + ofB ** 2 / (b.count - 1));
    const half = ofA + ofB === 0 ? 0 : studentQuantile(1 - (1 - confidence) / 2, freedom) * Math.sqrt(ofA + ofB);
    const interval = { low: value - half, high: value + half };
    return {
      value,
      interval,
      method: "difference of means over seeds, Welch's t",
      base: `${a.count} and ${b.count} seeds`,
    };
  }
  const value = (a?.mean ?? first.value) - (b?.mean ?? second.value);
  if (a || b || !isShare(first.value, first.rows, scale) || !isShare(second.value, second.rows, scale)) {
    return { value, interval: null, method: null, base: null };
  }
  const [own, other] = [first, second].map(({ value, rows }) => ({ share: value, count: rows as number })) as [
    Share,
    Share,
  ];
  return {
    value,
    interval: newcombeInterval(own, other, confidence),
    method: "Newcombe interval for a difference of proportions (unpaired)",
    base: `${formatCount(own.count)} and ${formatCount(other.count)} rows`,
  };
}

interface Share {
  share: number;
  count: number;
}

function isShare(value: number, rows: number | null, scale: MetricGate["scale"]): boolean {
  return scale === "proportion" && rows !== null && rows >= 1 && value >= 0 && value <= 1;
}

function spreadOf(seeds: number[]): { count: number; mean: number; deviation: number } | undefined {
  const count = seeds.length;
  if (count < 2) return undefined;
  const mean = seeds.reduce((sum, value) => sum + value, 0) / count;
  const squares = seeds.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: Math.sqrt(squares / (count - 1)) };
}
