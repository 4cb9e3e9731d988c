import { countBetween, type MinuteSums } from "./minute-sums.ts";

const day = 1440;
const weeks = 4;
/** Minimum typical number of events for their absence to count. */
const minTypical = 5;
const expectedEvents = 10;

/** Returns how long no events may arrive before they count as absent: the time in which 10 are expected, from 10 minutes to a day. */
export function absenceMinutes(sums: MinuteSums, at: number): number {
  const from = firstEvent(sums);
  const span = Math.min(weeks * 7 * day, at - from);
  if (span <= 0) return 10;
  const perMinute = countBetween(sums, at - span, at).total / span;
  return perMinute === 0 ? day : Math.min(day, Math.max(10, Math.ceil(expectedEvents / perMinute)));
}

/**
 * Decides whether events are absent in the minutes before `at` although they usually arrive: the median of the same minutes of the last
 * 28 days, and of the same weekday if that is lower, is at least 5. Null if no day is known.
 * @param left excluded minutes, marked with 1: a window that contains one is not evaluated.
 */
export function absence(sums: MinuteSums, at: number, minutes: number, left?: Uint8Array) {
  const isComplete = (to: number) => !left?.subarray(Math.max(0, to - minutes), Math.max(0, to)).includes(1);
  const first = firstEvent(sums);
  const before = (days: number) => at - days * day;
  const days = Array.from({ length: weeks * 7 }, (_, index) => index + 1).filter(
    (days) => before(days) - minutes >= first && isComplete(before(days)),
  );
  const totals = (of: readonly number[]) =>
    of.map((days) => countBetween(sums, before(days) - minutes, before(days)).total);
  const byDay = median(totals(days));
  const byWeekday = median(totals(days.filter((days) => days % 7 === 0)));
  const usual = byDay === null ? null : Math.min(byDay, byWeekday ?? byDay);
  const isEmpty = at <= sums.length && isComplete(at) && countBetween(sums, at - minutes, at).total === 0;
  return { isAbsent: usual !== null && usual >= minTypical && isEmpty, minutes, usual };
}

/** Finds the first minute with an event; the days before are unknown, not empty. */
function firstEvent({ total, length }: MinuteSums): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((total[middle + 1] as number) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
}
