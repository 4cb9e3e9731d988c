/** Good of total events, a number a minute. */
export interface Minutes {
  good: Float64Array;
  total: Float64Array;
}

export interface Slicing {
  /** Null takes the mean of the slices' ratios; else a slice is good from this ratio on. */
  target: number | null;
  minutes: number;
  /** Minutes of the first slice that lie before the first minute. */
  offset: number;
  /** Minutes that do not count at all, by a 1. */
  left?: Uint8Array | undefined;
}

/**
 * Counts slices of time instead of events, in minutes again: a slice is at the index of its last minute, and an incomplete one is
 * absent. With a target, a slice is good or bad, and one without traffic is good; without a target, a slice is as good as its
 * ratio, and one without traffic is excluded. OpenSLO's Timeslices and RatioTimeslices.
 */
export function sliced({ good, total }: Minutes, { target, minutes, offset, left }: Slicing): Minutes {
  const result = { good: new Float64Array(total.length), total: new Float64Array(total.length) };
  for (let last = minutes - 1 - offset; last < total.length; last += minutes) {
    if (last < 0) continue;
    let [goodOf, totalOf, counted] = [0, 0, 0];
    for (let minute = Math.max(0, last - minutes + 1); minute <= last; minute += 1) {
      if (left?.[minute]) continue;
      goodOf += good[minute] as number;
      totalOf += total[minute] as number;
      counted += 1;
    }
    if (counted === 0 || (target === null && totalOf === 0)) continue;
    const ratio = totalOf === 0 ? 1 : Math.min(1, goodOf / totalOf);
    result.total[last] = 1;
    result.good[last] = target === null ? ratio : ratio >= target - 1e-12 ? 1 : 0;
  }
  return result;
}
