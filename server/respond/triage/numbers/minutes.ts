import { minuteMs } from "#server/base/durations.ts";
import type { Indicator, MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";

interface Counted {
  bad: number;
  total: number;
}

/** Returns the minutes from `from` on that had traffic: a minute without is a gap, not zero. */
export function lineOf(counts: MinuteCounts | undefined, from: number): ({ at: number } & Counted)[] {
  if (!counts) return [];
  return Array.from(counts.total, (total, minute) => {
    const bad = Math.max(0, total - (counts.good[minute] ?? 0));
    return { at: counts.start + minute * minuteMs, bad, total };
  }).filter(({ at, total }) => total > 0 && at >= from);
}

/** Sums all minutes from a moment on, including its own. */
export function sumFrom(counts: MinuteCounts, from: number): Counted {
  const sum = { bad: 0, total: 0 };
  const first = Math.max(0, Math.floor((from - counts.start) / minuteMs));
  for (let minute = first; minute < counts.total.length; minute += 1) {
    sum.total += counts.total[minute] ?? 0;
    sum.bad += Math.max(0, (counts.total[minute] ?? 0) - (counts.good[minute] ?? 0));
  }
  return { bad: Math.round(sum.bad), total: Math.round(sum.total) };
}

/** Sums the newest minutes that had traffic. */
export function newest(counts: MinuteCounts, most: number): Counted {
  const last = lineOf(counts, 0).slice(-most);
  return {
    bad: Math.round(last.reduce((sum, { bad }) => sum + bad, 0)),
    total: Math.round(last.reduce((sum, { total }) => sum + total, 0)),
  };
}

/** Describes what counts as bad: "3 requests failing", "% of requests slower than 250 ms". */
export function badNoun(indicator: Indicator): string {
  switch (indicator.kind) {
    case "latency":
      return `slower than ${indicator.withinMs}\u00a0ms`;
    case "freshness":
      return "with stale features";
    case "feature-freshness":
      return "with old features";
    case "view-lag":
      return "without a new event";
    case "realised-quality":
    case "estimated-quality":
      return "predicted incorrectly";
    case "label-timeliness":
      return "labelled late";
    case "primary-answered":
      return "served by a fallback";
    case "cost":
      return "above the cost limit";
    case "data-quality":
      return "violating data rules";
    case "drift-budget":
      return "drifting";
    case "posted":
      return "bad";
    default:
      return "failing";
  }
}
