import { minuteMs } from "#server/base/durations.ts";

const minPauseMs = minuteMs;
const briefPauseMs = 30_000;
const maxBriefPauseMs = minuteMs;
const pausePerWork = 10;

/**
 * Returns the pause of an endpoint after an evaluation, in ms: evaluations take at most a tenth of the time. Endpoints with five-minute
 * windows are evaluated within a minute regardless of the duration, since their windows end that soon, and a failed evaluation is retried
 * soon.
 * @param isBrief whether it has five-minute windows; undefined when the evaluation failed
 */
export function pauseAfter(isBrief: boolean | undefined, tookMs: number): number {
  if (isBrief === undefined) return briefPauseMs;
  const pauseMs = Math.max(isBrief ? briefPauseMs : minPauseMs, pausePerWork * tookMs);
  return isBrief ? Math.min(pauseMs, maxBriefPauseMs) : pauseMs;
}
