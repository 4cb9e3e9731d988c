import { dayMs } from "#server/base/durations.ts";

/**
 * The span in which quality of a period is counted: it is kept by days of UTC, so that each period takes those that begin nearest to its ends,
 * and none is in two. @param from, to milliseconds since 1970 @param until up to when the period is over
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
