import { minuteMs } from "#server/base/durations.ts";

const minPauseMs = minuteMs;
const briefPauseMs = 30_000;
const maxBriefPauseMs = minuteMs;
const pausePerWork = 10;

/**
 * How long an endpoint is left alone after a look, in ms: each look takes no more than a tenth of the time. What is watched by five minutes is
 * looked at within a minute however long that took, since its windows are over that soon, and a look that failed is had again soon.
 * @param isBrief whether it is watched by five minutes; undefined when the look failed
 */
export function pauseAfter(isBrief: boolean | undefined, tookMs: number): number {
  if (isBrief === undefined) return briefPauseMs;
  const pauseMs = Math.max(isBrief ? briefPauseMs : minPauseMs, pausePerWork * tookMs);
  return isBrief ? Math.min(pauseMs, maxBriefPauseMs) : pauseMs;
}
