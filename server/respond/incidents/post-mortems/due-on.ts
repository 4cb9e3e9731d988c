import { dayMs } from "#server/base/durations.ts";

const workingDays = 5;

/** Returns the due date of a post-mortem: five working days after an incident was resolved, in UTC, as 2026-05-11. */
export function dueOn(resolvedAt: Date): string {
  let day = Math.floor(resolvedAt.getTime() / dayMs);
  for (let left = workingDays; left > 0; ) {
    day++;
    const weekday = new Date(day * dayMs).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
