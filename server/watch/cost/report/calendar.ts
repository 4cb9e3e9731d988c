import { dayOf, daysLater, daysOf, monthLater, spanOfMonth, startOf } from "../spending/days.ts";

/** Weeks whose spending is shown, and from which the forecast is made. */
const weeks = 6;

/** The days that a report of a month looks at. */
export interface Calendar {
  month: string;
  /** Of the month, over or under way, oldest first. */
  past: string[];
  /** Of the month, from today on: what is not over yet. */
  ahead: string[];
  /** Of the month before, as many as past. */
  before: string[];
  /** Six weeks of days that are over, oldest first. */
  history: string[];
  /** All of them, for reading. */
  from: string;
  to: string;
  /** In which they begin. */
  timeZone: string;
}

/** @param now milliseconds since 1970 */
export function calendarOf(month: string, now: number, timeZone: string): Calendar {
  const span = spanOfMonth(month, timeZone);
  const today = dayOf(now, timeZone);
  const all = daysOf(span);
  const past = all.filter((day) => day <= today);
  const [end = today] = [today, span.to].sort();
  const history = daysOf({ from: daysLater(end, -7 * weeks), to: end });
  const before = daysOf(spanOfMonth(monthLater(month, -1), timeZone)).slice(0, past.length);
  const first = [history[0], before[0], span.from].filter((day) => day !== undefined).sort()[0] as string;
  return { month, past, ahead: all.filter((day) => day >= today), before, history, from: first, to: span.to, timeZone };
}

/** How much of a day is over, 0 to 1; some have 23 hours, some 25. */
export function shareOver(day: string, now: number, timeZone: string): number {
  const [start, end] = [startOf(day, timeZone), startOf(daysLater(day, 1), timeZone)];
  return Math.min(1, Math.max(0, (now - start) / (end - start)));
}
