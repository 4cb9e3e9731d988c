import { minuteMs } from "#server/base/durations.ts";
import { countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import { type CountedSlo, knownUntil, minuteOf, type SloEvents, sloEvents } from "./events.ts";
import type { PeriodSpan } from "./periods.ts";
import { remainingAt } from "./remaining.ts";

export interface BudgetPoint {
  /** Milliseconds since 1970: the end of its stretch. */
  at: number;
  remaining: number | null;
  /** Error rate since the previous point, by the method of the SLO; null without any events. */
  errorRate: number | null;
}

/**
 * Returns the remaining budget over time, evenly spaced from `from` (default: the first counted minute) to now, for charts and
 * sparklines.
 */
export function budgetCourse(slo: CountedSlo, most: number, from: number = slo.counts.start): BudgetPoint[] {
  return courseOf(sloEvents(slo), slo, most, from);
}

/** Computes the curve from events that are already counted. */
export function courseOf(
  events: SloEvents,
  { definition, now }: Pick<CountedSlo, "definition" | "now">,
  most: number,
  from = events.start,
): BudgetPoint[] {
  const end = minuteOf(events, knownUntil(definition, now));
  const first = minuteOf(events, from);
  const step = Math.max(1, Math.ceil((end - first) / most));
  const points: BudgetPoint[] = [];
  let span: PeriodSpan | undefined;
  for (let minute = end - step * Math.floor((end - first - 1) / step); minute <= end && end > first; minute += step) {
    const at = events.start + minute * minuteMs;
    const reading = remainingAt(events, definition.period, at, span);
    const { bad, total } = countBetween(events.sums, Math.max(first, minute - step), minute);
    span = reading.span;
    points.push({ at, remaining: reading.remaining, errorRate: total > 0 ? bad / total : null });
  }
  return points;
}
