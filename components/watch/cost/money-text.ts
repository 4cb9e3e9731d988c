import { formatMoney, noValue } from "#components/ui/format.ts";
import { currencySign } from "#server/watch/cost/contract.ts";

type Maybe = number | null | undefined;

/** Money with its currency: "€5,120", "€0.094"; "–" where there is none. */
export function money(value: Maybe, currency: string | null): string {
  return currency === null || value === null || value === undefined
    ? noValue
    : formatMoney(value, currencySign(currency));
}

/** What a chart of sums is drawn in: whole units, or thousands where the largest sum is beyond ten of them. */
export function moneyScale(largest: number, currency: string | null): { divisor: number; unit: string; words: string } {
  const sign = currencySign(currency);
  const name = currency ?? "";
  if (largest >= 10_000) return { divisor: 1000, unit: `k${sign}`, words: `thousand ${name}` };
  return { divisor: 1, unit: sign, words: name };
}

const dayFormat = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", timeZone: "UTC" });

/** "13 May" of "2026-05-13". */
export function formatDay(day: string): string {
  const parts = dayFormat.formatToParts(new Date(`${day}T00:00:00Z`));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("day")} ${of("month")}`;
}

/** "May 2026" of "2026-05". */
export function formatMonth(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleString("en", { month: "long", year: "numeric", timeZone: "UTC" });
}

/** A month so many months later. */
export function otherMonth(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}
