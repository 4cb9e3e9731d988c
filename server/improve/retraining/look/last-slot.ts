import { CronExpressionParser } from "cron-parser";
import { isTimeZone } from "#server/base/time-zone.ts";

const fields = 5;

/** Whether a text is a schedule that can be due: minute, hour, day of the month, month, day of the week. */
export function isCron(text: string): boolean {
  return lastSlot({ cron: text, timeZone: "UTC" }, { after: Number.NEGATIVE_INFINITY, now: Date.now() }) !== null;
}

/**
 * Finds the last time at which a schedule was due after `after` and up to `now`. A time of day that the clocks skip is not due on that day.
 * @param span milliseconds since 1970 @returns milliseconds since 1970; null without one, and for a schedule or time zone that is none
 */
export function lastSlot(
  { cron, timeZone }: { cron: string; timeZone: string },
  { after, now }: { after: number; now: number },
): number | null {
  if (cron.trim().split(/\s+/).length !== fields || !isTimeZone(timeZone)) return null;
  // The library looks for a time before this one, by whole seconds.
  const currentDate = new Date((Math.floor(now / 1000) + 1) * 1000);
  try {
    const slot = CronExpressionParser.parse(cron, { currentDate, tz: timeZone }).prev().getTime();
    return slot > after ? slot : null;
  } catch {
    return null;
  }
}
