import { Temporal } from "temporal-polyfill";
import { DomainError } from "#server/base/errors.ts";
import type { ReportPeriod } from "./contract.ts";

/** A week from Monday, a month or a quarter. */
export interface NamedPeriod {
  period: ReportPeriod;
  /** First day: "2026-05-04". */
  start: string;
}

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const lengths = { week: { weeks: 1 }, month: { months: 1 }, quarter: { months: 3 } } as const;

/** Returns the period that contains a moment in a time zone. @param at milliseconds since 1970 @param timeZone an IANA name */
export function periodOf(period: ReportPeriod, at: number, timeZone: string): NamedPeriod {
  const date = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone).toPlainDate();
  return { period, start: firstDay(period, date).toString() };
}

function firstDay(period: ReportPeriod, date: Temporal.PlainDate): Temporal.PlainDate {
  if (period === "week") return date.subtract({ days: date.dayOfWeek - 1 });
  return date.with({ day: 1, month: period === "quarter" ? date.month - ((date.month - 1) % 3) : date.month });
}

/** Returns the period that is the given number of periods later, or earlier. */
export function stepped({ period, start }: NamedPeriod, by: number): NamedPeriod {
  const { weeks = 0, months: each = 0 } = lengths[period] as { weeks?: number; months?: number };
  return {
    period,
    start: Temporal.PlainDate.from(start)
      .add({ weeks: weeks * by, months: each * by })
      .toString(),
  };
}

/**
 * Returns the first moment of a period in a time zone and the first one after it, in milliseconds since 1970: a week may have 167 or 169
 * hours.
 */
export function spanOf(named: NamedPeriod, timeZone: string): { from: number; to: number } {
  const midnight = ({ start }: NamedPeriod) =>
    Temporal.PlainDate.from(start).toZonedDateTime(timeZone).epochMilliseconds;
  return { from: midnight(named), to: midnight(stepped(named, 1)) };
}

/** Formats "2026-W19", "2026-05", "2026-Q2". */
export function nameOf({ period, start }: NamedPeriod): string {
  const date = Temporal.PlainDate.from(start);
  if (period === "month") return start.slice(0, 7);
  if (period === "quarter") return `${date.year}-Q${Math.ceil(date.month / 3)}`;
  return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, "0")}`;
}

/** @throws DomainError "invalid" for an unknown name */
export function periodNamed(name: string): NamedPeriod {
  const found = [/^(\d{4})-W(\d{2})$/, /^(\d{4})-Q([1-4])$/, /^(\d{4})-(\d{2})$/].map((form) => form.exec(name));
  const index = found.findIndex((match) => match !== null);
  const [, year = 0, number = 0] = (found[index] ?? []).map(Number);
  if (index === 0 && number >= 1) {
    // 4 January lies in week 1 of its year.
    const first = firstDay("week", Temporal.PlainDate.from({ year, month: 1, day: 4 }));
    const named = { period: "week", start: first.add({ weeks: number - 1 }).toString() } as const;
    if (nameOf(named) === name) return named;
  }
  if (index === 1) return { period: "quarter", start: `${year}-${String(number * 3 - 2).padStart(2, "0")}-01` };
  if (index === 2 && number >= 1 && number <= 12) return { period: "month", start: `${name}-01` };
  throw new DomainError(
    "invalid",
    `Invalid period "${name}". Use a week such as 2026-W19 or a month such as 2026-05.`,
    {
      field: "name",
    },
  );
}

/** Formats "Week 19", "May 2026", "Quarter 2, 2026". */
export function titleOf({ period, start }: NamedPeriod): string {
  const date = Temporal.PlainDate.from(start);
  if (period === "week") return `Week ${date.weekOfYear}`;
  if (period === "month") return `${months[date.month - 1]} ${date.year}`;
  return `Quarter ${Math.ceil(date.month / 3)}, ${date.year}`;
}

/** Formats "4–10 May 2026", "30 March – 5 April 2026". */
export function daysOf(named: NamedPeriod): string {
  const first = Temporal.PlainDate.from(named.start);
  const last = Temporal.PlainDate.from(stepped(named, 1).start).subtract({ days: 1 });
  const day = (date: Temporal.PlainDate) => `${date.day} ${months[date.month - 1]}`;
  if (first.year !== last.year) return `${day(first)} ${first.year} – ${day(last)} ${last.year}`;
  if (first.month !== last.month) return `${day(first)} – ${day(last)} ${last.year}`;
  return `${first.day}–${day(last)} ${last.year}`;
}

/** Formats "May" of "2026-05": the month in which a period ends, or the current month within it. */
export function monthWord(month: string): string {
  return months[Number(month.slice(5)) - 1] ?? "";
}

/** Formats short labels for axes: "19", "May", "Q2". */
export function tickOf({ period, start }: NamedPeriod): string {
  const date = Temporal.PlainDate.from(start);
  if (period === "week") return String(date.weekOfYear);
  return period === "month" ? (months[date.month - 1] ?? "").slice(0, 3) : `Q${Math.ceil(date.month / 3)}`;
}
