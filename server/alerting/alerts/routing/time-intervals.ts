import { Temporal } from "temporal-polyfill";
import type { TimeInterval } from "./contract.ts";
import type { EffectiveRoute } from "./walk-routes.ts";

type Span = TimeInterval["spans"][number];

/** Whether a moment lies in a time interval, in local time: in any span whose fields all match. */
export function isInside(interval: TimeInterval, now: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(interval.timeZone);
  return interval.spans.some((span) => isInSpan(span, local));
}

/**
 * Determines whether the times of a route mute it: outside all its active times, or inside one of its mute times.
 * @returns the name of the interval and a sentence; undefined when it notifies
 */
export function mutedByTime(
  { activeTimes, muteTimes }: Pick<EffectiveRoute, "activeTimes" | "muteTimes">,
  intervals: readonly TimeInterval[],
  now: number,
): { ref: string; words: string } | undefined {
  const isIn = (name: string) => intervals.some((interval) => interval.name === name && isInside(interval, now));
  const [first] = activeTimes;
  if (first !== undefined && !activeTimes.some(isIn)) {
    return { ref: first, words: `outside the active time intervals of this route: ${activeTimes.join(", ")}` };
  }
  const muting = muteTimes.find(isIn);
  return muting === undefined ? undefined : { ref: muting, words: `within the mute time interval ${muting}` };
}

function isInSpan({ weekdays, daysOfMonth, months, times }: Span, local: Temporal.ZonedDateTime): boolean {
  const day = (wanted: number) => (wanted < 0 ? local.daysInMonth + wanted + 1 : wanted);
  const minute = local.hour * 60 + local.minute;
  return (
    // Temporal counts Sunday as 7.
    isAny(weekdays, (weekday) => weekday === local.dayOfWeek % 7) &&
    isAny(daysOfMonth, (wanted) => day(wanted) === local.day) &&
    isAny(months, (month) => month === local.month) &&
    isAny(times, ({ from, to }) => minute >= minutesOf(from) && minute < minutesOf(to))
  );
}

/** Returns the minutes after midnight of a time such as 22:00. */
export function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

function isAny<One>(list: readonly One[], holds: (one: One) => boolean): boolean {
  return list.length === 0 || list.some(holds);
}
