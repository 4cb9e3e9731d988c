import { formatMoney, noValue } from "#components/ui/format.ts";
import { currencySign } from "#server/watch/cost/contract.ts";

type Maybe = number | null | undefined;

/** Formats money with its currency: "€5,120", "€0.094"; "–" without a value. */
export function money(value: Maybe, currency: string | null): string {
  return currency === null || value === null || value === undefined
    ? noValue
    : formatMoney(value, currencySign(currency));
}

/** Returns the unit for a chart of amounts: whole units, or thousands from a maximum of 10,000. */
export function moneyScale(largest: number, currency: string | null): { divisor: number; unit: string; words: string } {
  const sign = currencySign(currency);
  const name = currency ?? "";
  if (largest >= 10_000) return { divisor: 1000, unit: `${sign}k`, words: `thousand ${name}` };
  return { divisor: 1, unit: sign, words: name };
}

const dayFormat = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", timeZone: "UTC" });

/** Formats "2026-05-13" as "13 May". */
export function formatDay(day: string): string {
  const parts = dayFormat.formatToParts(new Date(`${day}T00:00:00Z`));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("day")} ${of("month")}`;
}

/** Formats "2026-05" as "May 2026". */
export function formatMonth(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleString("en", { month: "long", year: "numeric", timeZone: "UTC" });
}

/** Returns the month a number of months later. */
export function otherMonth(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}
