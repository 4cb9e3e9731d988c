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

/** Builds sums of minutes with good and total events; the remainder is bad. Good above total counts as total. */
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

/** Sums the minutes from `from` up to but excluding `to`; unknown minutes count as empty. */
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

/** Computes a target's error budget ratio, 1 − T, without the rounding error of that subtraction (1 − 0.999 is not 0.001 in binary). */
export function budgetRatio(target: number): number {
  return Math.round((1 - target) * 1e12) / 1e12;
}

/** Computes the burn rate, the ratio of bad events to the share that the target allows: (bad/total)/b. Null without events. */
export function burnRate({ bad, total }: WindowCount, budget: number): number | null {
  return total > 0 ? bad / total / budget : null;
}

/** Checks for strictly above, ignoring rounding errors. */
export function isAbove(burn: number | null, factor: number): boolean {
  return burn !== null && burn > factor * (1 + 1e-12);
}
