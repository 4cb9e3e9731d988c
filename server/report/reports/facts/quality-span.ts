import { dayMs } from "#server/base/durations.ts";

/**
 * Returns the time range in which the quality of a period is counted: counts are stored by UTC days, which means that each period takes the
 * days that start nearest to its ends, and no day is in two periods. @param from, to milliseconds since 1970 @param until end of the
 * elapsed part of the period
 */
export function qualitySpan({ from, to, until }: { from: number; to: number; until: number }): {
  from: Date;
  to: Date;
} {
  const nearest = (at: number) => Math.round(at / dayMs) * dayMs;
  const end = until < to ? until : nearest(to);
  // At the beginning of a period the nearest day may lie ahead.
  return { from: new Date(Math.min(nearest(from), end - 1)), to: new Date(end) };
}
