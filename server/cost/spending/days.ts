import { dayMs } from "#server/durations.ts";
import type { DaySpan } from "./contract.ts";

/** A day of UTC as text, "2026-05-13". @param at milliseconds since 1970 */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Midnight of a day, in milliseconds since 1970. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** A day so many days later. */
export function daysLater(day: string, days: number): string {
  return dayOf(startOf(day) + days * dayMs);
}

/** Every day of a span, in order. */
export function daysOf({ from, to }: DaySpan): string[] {
  const count = Math.max(0, Math.round((startOf(to) - startOf(from)) / dayMs));
  return Array.from({ length: count }, (_, at) => daysLater(from, at));
}

/** The month of a day or moment: "2026-05". */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** All days of a month: "2026-05" is 2026-05-01 to 2026-06-01. */
export function spanOfMonth(month: string): DaySpan {
  return { from: `${month}-01`, to: `${monthLater(month, 1)}-01` };
}

/** A month so many months later. */
export function monthLater(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** Days of a month. */
export function lengthOfMonth(month: string): number {
  return daysOf(spanOfMonth(month)).length;
}
