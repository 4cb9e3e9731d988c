export interface BackOff {
  first: number;
  longest: number;
}

/**
 * Computes how long to wait after consecutive failures: `first` after one, doubling with each further one, at most `longest`.
 * @param failures 0 counts as 1
 * @returns in the unit of `first` and `longest`
 */
export function backOff(failures: number, { first, longest }: BackOff): number {
  return Math.min(longest, first * 2 ** Math.max(0, failures - 1));
}
