import { minuteMs } from "#server/base/durations.ts";
import { dispersionByDay } from "#server/stats/burn-rate/error-dispersion.ts";
import { budgetRatio, type MinuteSums, minuteSums } from "#server/stats/burn-rate/minute-sums.ts";
import { sliced } from "#server/stats/burn-rate/slices.ts";
import type { BurnTier, SloDefinition } from "../../objectives/contract.ts";
import type { MinuteCounts } from "../../objectives/indicators/contract.ts";

/** A span that does not count, in milliseconds since 1970. Revoked ones are the caller's to leave out. */
export interface Adjustment {
  from: number;
  to: number;
}

/** Common input of all readings. */
export interface CountedSlo {
  counts: MinuteCounts;
  definition: SloDefinition;
  /** The moment of looking, whatever the indicator: kinds with maturity are read that much earlier. */
  now: number;
  adjustments: readonly Adjustment[];
}

/** The counts of an SLO by its method, ready for windows. */
export interface SloEvents {
  /** Milliseconds since 1970 of minute 0. */
  start: number;
  /** Counts by the method of the SLO: events, or slices. */
  sums: MinuteSums;
  /** Events whatever the method. */
  traffic: MinuteSums;
  /** Minutes of an adjustment, by a 1. */
  left: Uint8Array;
  /** Error budget ratio, 1 − T. */
  budget: number;
  /** The shortest window that holds something: a slice, or a minute. */
  minMinutes: number;
  /** How clustered bad events are at a minute, by the record before (docs/spec/slo.md section 4.2.1); 1 for slices and lag, which come in rows. */
  dispersionAt: (at: number) => number;
}

/** Computes prefix sums of the counted events: without adjusted minutes, and in slices if the method requires them. */
export function sloEvents({ counts, definition, adjustments }: Omit<CountedSlo, "now">): SloEvents {
  const { start } = counts;
  const left = new Uint8Array(counts.total.length);
  for (const { from, to } of adjustments)
    left.fill(1, minuteOf({ start }, from), Math.max(0, Math.ceil((to - start) / minuteMs)));
  const counted =
    adjustments.length === 0
      ? counts
      : {
          good: counts.good.map((good, minute) => (left[minute] ? 0 : good)),
          total: counts.total.map((total, minute) => (left[minute] ? 0 : total)),
        };
  const traffic = minuteSums(counted);
  const { budgeting } = definition;
  const budget = budgetRatio(definition.target);
  if (budgeting.method === "occurrences") {
    const isLag = definition.indicator?.kind === "view-lag";
    const dispersionAt = isLag ? () => 1 : dispersionByDay(traffic, budget, Math.floor(start / minuteMs));
    return { start, sums: traffic, traffic, left, budget, minMinutes: 1, dispersionAt };
  }
  const slices = sliced(counted, {
    target: budgeting.method === "timeslices" ? budgeting.sliceTarget : null,
    minutes: budgeting.sliceMinutes,
    offset: Math.floor(start / minuteMs) % budgeting.sliceMinutes,
    left,
  });
  const { sliceMinutes: minMinutes } = budgeting;
  return { start, sums: minuteSums(slices), traffic, left, budget, minMinutes, dispersionAt: () => 1 };
}

/** Returns the index of the minute that contains a moment; windows that end there hold only complete minutes before it. */
export function minuteOf({ start }: { start: number }, at: number): number {
  return Math.max(0, Math.floor((at - start) / minuteMs));
}

/**
 * Returns the time up to which an SLO is known: labels are delayed, and only predictions that have matured count (docs/spec/slo.md section
 * 6).
 */
export function knownUntil({ indicator }: Pick<SloDefinition, "indicator">, now: number): number {
  return indicator && "maturityMs" in indicator ? now - indicator.maturityMs : now;
}

/** Widens a tier's windows to at least the length of a slice. */
export function widened<T extends Pick<BurnTier, "longMinutes" | "shortMinutes">>(tier: T, minMinutes: number): T {
  const { longMinutes, shortMinutes } = tier;
  return {
    ...tier,
    longMinutes: Math.max(minMinutes, longMinutes),
    shortMinutes: shortMinutes === null ? null : Math.max(minMinutes, shortMinutes),
  };
}
