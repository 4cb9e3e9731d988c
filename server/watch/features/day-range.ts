import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";

/** Days of a range, both included, as "2026-05-03". */
export interface DayRange {
  from: string;
  to: string;
}

/** Most days that can be asked for at once. */
const maxDays = 400;

/**
 * Completes a range of days in UTC: to today, and so many days long.
 * @param now milliseconds since 1970
 * @throws DomainError "invalid" for an end before the start, or more than 400 days
 */
export function dayRange(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  { days, now }: { days: number; now: number },
): DayRange {
  const last = to ?? dayOf(now);
  const first = from ?? dayOf(Date.parse(last) - (days - 1) * dayMs);
  const length = (Date.parse(last) - Date.parse(first)) / dayMs + 1;
  if (length < 1) throw new DomainError("invalid", "The range ends before it starts.", { field: "to" });
  if (length > maxDays) throw new DomainError("invalid", `A range has at most ${maxDays} days.`, { field: "from" });
  return { from: first, to: last };
}

/** Returns the day of a time, in UTC. @param ms milliseconds since 1970 */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
