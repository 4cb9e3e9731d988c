import { Temporal } from "temporal-polyfill";

/**
 * Returns the start of the next monthly game day: the same weekday of the month at the same local time, "second Tuesday, 14:00". A fifth weekday that
 * the next month lacks is its last one. @param timeZone IANA name
 */
export function nextMonthlyStart(startsAt: Date, timeZone: string): Date {
  const start = Temporal.Instant.fromEpochMilliseconds(startsAt.getTime()).toZonedDateTimeISO(timeZone);
  const [inFour, inFive] = [start.add({ weeks: 4 }), start.add({ weeks: 5 })];
  const isSame = (other: Temporal.ZonedDateTime) => ordinalOf(other) === ordinalOf(start);
  const next = !isSame(inFour) && isSame(inFive) ? inFive : inFour;
  return new Date(next.epochMilliseconds);
}

/** Returns which one of its weekday a day is in its month, from 1. */
function ordinalOf({ day }: Temporal.ZonedDateTime): number {
  return Math.ceil(day / 7);
}
