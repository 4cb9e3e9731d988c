export interface BackOff {
  first: number;
  longest: number;
}

/**
 * How long to wait after so many failures in a row: `first` after one, twice as long after each further one, at most `longest`.
 * @param failures 0 is as 1
 * @returns in the unit of `first` and `longest`
 */
export function backOff(failures: number, { first, longest }: BackOff): number {
  return Math.min(longest, first * 2 ** Math.max(0, failures - 1));
}
