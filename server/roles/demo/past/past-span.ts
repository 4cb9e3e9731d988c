import { dayMs, hourMs, weekMs } from "#server/base/durations.ts";

const weeks = 12;
/** Longer than the page windows of the demo's SLOs: requests of the past must not thin out the first failures that pages are about. */
const gapMs = 2 * hourMs;

/**
 * Returns the span of the past of a demo that began at a moment: twelve weeks from a Monday, and the days since the last one. It ends at the
 * last midnight (UTC) that is at least two hours before. All in milliseconds since 1970.
 */
export function pastSpan(startedAt: number): { from: number; to: number; monday: number } {
  const to = Math.floor((startedAt - gapMs) / dayMs) * dayMs;
  // Of the start, so that the week before it has its story on a Monday morning, too.
  const monday = mondayOf(startedAt);
  return { from: monday - weeks * weekMs, to, monday };
}

/** Returns the midnight (UTC) that begins the week of a moment. 1 January 1970 was a Thursday. */
function mondayOf(at: number): number {
  const day = Math.floor(at / dayMs);
  return (day - ((day + 3) % 7)) * dayMs;
}
