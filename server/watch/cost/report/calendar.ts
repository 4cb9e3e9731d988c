import { dayOf, daysLater, daysOf, monthLater, spanOfMonth, startOf } from "../spending/days.ts";

/** Number of weeks of spending that are shown and from which the forecast is made. */
const weeks = 6;

/** Days that a monthly report covers. */
export interface Calendar {
  month: string;
  /** Days of the month up to today, oldest first. */
  past: string[];
  /** Days of the month from today on, which have not ended yet. */
  ahead: string[];
  /** Days of the previous month, as many as in `past`. */
  before: string[];
  /** Six weeks of days that are over, oldest first. */
  history: string[];
  /** All of them, for reading. */
  from: string;
  to: string;
  /** Time zone of the days. */
  timeZone: string;
}

/** Returns the calendar of a month. @param now milliseconds since 1970 */
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

/** Returns the elapsed share of a day, 0 to 1; some days have 23 hours, some 25. */
export function shareOver(day: string, now: number, timeZone: string): number {
  const [start, end] = [startOf(day, timeZone), startOf(daysLater(day, 1), timeZone)];
  return Math.min(1, Math.max(0, (now - start) / (end - start)));
}
