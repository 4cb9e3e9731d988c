import { minuteMs } from "#server/base/durations.ts";
import { burnRate, countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import type { Period } from "../../objectives/contract.ts";
import { minuteOf, type SloEvents } from "./events.ts";
import { type PeriodSpan, periodAt } from "./periods.ts";

/** Remaining budget at a moment, as a share; null without any event in the period. */
export interface Remaining {
  remaining: number | null;
  bad: number;
  total: number;
  /** Maximum number of bad events in the complete period. */
  budgeted: number;
  /** Elapsed share of the period: 1 for rolling ones. */
  elapsed: number;
  span: PeriodSpan;
}

/**
 * Computes R = 1 − bad / (b · N). N is the number of events in a rolling period; a calendar period in progress is extrapolated at its rate
 * so far, so that a bad first day costs a day's share of the budget rather than all of it.
 */
export function remainingAt(events: SloEvents, period: Period, at: number, known?: PeriodSpan): Remaining {
  const span = period.kind === "calendar" && known && at < known.end ? known : periodAt(period, at);
  const from = Math.floor((span.start - events.start) / minuteMs);
  const count = countBetween(events.sums, from, minuteOf(events, at));
  const elapsed = period.kind === "rolling" ? 1 : Math.min(1, (at - span.start) / (span.end - span.start));
  const burn = burnRate(count, events.budget);
  const hasTraffic = countBetween(events.traffic, from, minuteOf(events, at)).total > 0;
  return {
    remaining: burn === null || !hasTraffic ? null : withoutResidue(1 - burn * elapsed),
    ...count,
    budgeted: elapsed > 0 ? (events.budget * count.total) / elapsed : 0,
    elapsed,
    span,
  };
}

/** Rounds residues such as −4.69e−12 to 0: the difference of equal numbers is 0, without a sign. */
export function withoutResidue(value: number): number {
  return Math.abs(value) < 1e-9 ? 0 : value;
}
