import { Temporal } from "temporal-polyfill";
import { hourMs } from "#server/base/durations.ts";
import type { DaySpan } from "./contract.ts";

/** Returns the day of a time in a time zone: "2026-05-13". @param at milliseconds since 1970 @param timeZone an IANA name */
export function dayOf(at: number, timeZone: string): string {
  return zoned(at, timeZone).toPlainDate().toString();
}

/** Returns what dayOf returns, for many times of a range: it looks at the calendar once. */
export function dayFinder({ from, to, timeZone }: DaySpan): (at: number) => string {
  const days = daysOf({ from, to });
  const starts = [...days, to].map((day) => startOf(day, timeZone));
  return (at) => {
    const found = starts.findLastIndex((start) => start <= at);
    return days[found] ?? dayOf(at, timeZone);
  };
}

/** Returns the first moment of a day there, in milliseconds since 1970: midnight, or later if clocks skip it. */
export function startOf(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** Returns the hour of the day of a time there, 0 to 23. @param at milliseconds since 1970 */
export function hourOf(at: number, timeZone: string): number {
  return zoned(at, timeZone).hour;
}

/** Returns the day the given number of days later. */
export function daysLater(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Lists every day of a range, in order. */
export function daysOf({ from, to }: Pick<DaySpan, "from" | "to">): string[] {
  const days: string[] = [];
  for (let day = from; day < to; day = daysLater(day, 1)) days.push(day);
  return days;
}

/** Returns the start and the exclusive end of a range, in milliseconds since 1970. */
export function momentsOf({ from, to, timeZone }: DaySpan): { from: number; to: number } {
  return { from: startOf(from, timeZone), to: startOf(to, timeZone) };
}

/** Returns the month of a day: "2026-05". */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** Returns all days of a month: "2026-05" is 2026-05-01 to 2026-06-01. */
export function spanOfMonth(month: string, timeZone: string): DaySpan {
  return { from: `${month}-01`, to: `${monthLater(month, 1)}-01`, timeZone };
}

/** Returns the month the given number of months later. */
export function monthLater(month: string, months: number): string {
  return Temporal.PlainYearMonth.from(month).add({ months }).toString();
}

/** Returns the number of days of a month. */
export function lengthOfMonth(month: string): number {
  return Temporal.PlainYearMonth.from(month).daysInMonth;
}

/**
 * Whether days in a time zone start on a full UTC hour, the unit in which usage is counted: in India they start half an hour later.
 * Checks the half-years around a moment, since some zones have a full-hour offset in winter only.
 * @param at milliseconds since 1970
 */
export function beginsWithHours(timeZone: string, at: number): boolean {
  const halfYearMs = 183 * 24 * hourMs;
  return [at - halfYearMs, at, at + halfYearMs].every(
    (each) => (zoned(each, timeZone).offsetNanoseconds / 1e6) % hourMs === 0,
  );
}

function zoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);
}
