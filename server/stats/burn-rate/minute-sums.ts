/** Prefix sums of minutes: entry i holds the minutes before i, so that any window is two subtractions. */
export interface MinuteSums {
  /** Minutes. */
  length: number;
  bad: Float64Array;
  total: Float64Array;
}

export interface WindowCount {
  bad: number;
  total: number;
}

/** Sums of minutes that hold good of total events; bad is what is left. Good above total counts as total. */
export function minuteSums(minutes: { good: ArrayLike<number>; total: ArrayLike<number> }): MinuteSums {
  const length = minutes.total.length;
  const bad = new Float64Array(length + 1);
  const total = new Float64Array(length + 1);
  for (let minute = 0; minute < length; minute += 1) {
    const all = minutes.total[minute] as number;
    total[minute + 1] = (total[minute] as number) + all;
    bad[minute + 1] = (bad[minute] as number) + Math.max(0, all - (minutes.good[minute] as number));
  }
  return { length, bad, total };
}

/** What the minutes from `from` up to but without `to` hold; those outside of what is known hold nothing. */
export function countBetween({ length, bad, total }: MinuteSums, from: number, to: number): WindowCount {
  const start = Math.min(length, Math.max(0, from));
  const end = Math.min(length, Math.max(start, to));
  return {
    bad: withoutResidue((bad[end] as number) - (bad[start] as number)),
    total: withoutResidue((total[end] as number) - (total[start] as number)),
  };
}

/** Fractions do not sum exactly: what is left of a difference of sums below a millionth of an event is nothing. */
function withoutResidue(count: number): number {
  return count < 1e-6 ? 0 : count;
}

/** A target's error budget ratio, 1 − T, without the noise of that subtraction (1 − 0.999 is not 0.001 in binary). */
export function budgetRatio(target: number): number {
  return Math.round((1 - target) * 1e12) / 1e12;
}

/** How many times faster than the target allows events are bad: (bad/total)/b. Null without events. */
export function burnRate({ bad, total }: WindowCount, budget: number): number | null {
  return total > 0 ? bad / total / budget : null;
}

/** Strictly above, where a difference in the last digits is none. */
export function isAbove(burn: number | null, factor: number): boolean {
  return burn !== null && burn > factor * (1 + 1e-12);
}
