import { Temporal } from "temporal-polyfill";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Period } from "../../objectives/contract.ts";

/** From its start up to but without its end, in milliseconds since 1970. */
export interface PeriodSpan {
  start: number;
  /** For rolling periods, the moment itself. */
  end: number;
}

/** Returns the period that contains a moment: the days before it, or the week (from Monday), month or quarter in a time zone. */
export function periodAt(period: Period, at: number): PeriodSpan {
  if (period.kind === "rolling") return { start: at - period.days * dayMs, end: at };
  const date = zoned(period.timeZone, at).toPlainDate();
  const start =
    period.unit === "week"
      ? date.subtract({ days: date.dayOfWeek - 1 })
      : date.with({ day: 1, month: period.unit === "quarter" ? date.month - ((date.month - 1) % 3) : date.month });
  const next = { week: { weeks: 1 }, month: { months: 1 }, quarter: { months: 3 } }[period.unit];
  const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime(period.timeZone).epochMilliseconds;
  return { start: midnight(start), end: midnight(start.add(next)) };
}

const nominalDays = { week: 7, month: 30, quarter: 90 };

/** Returns the length of a period for scaling its windows: a month counts as 30 days, a quarter as 90. */
export function nominalMinutes(period: Period): number {
  return (period.kind === "rolling" ? period.days : nominalDays[period.unit]) * 1440;
}

function zoned(timeZone: string, at: number): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DomainError("invalid", `Unknown time zone "${timeZone}". Use a name such as Europe/Berlin or UTC.`, {
      field: "period.timeZone",
    });
  }
}
