/** Something with values of which less is better; null is not known. */
export type Weighed = readonly (number | null)[];

/**
 * Which of several are on the Pareto front: nothing else is at least as good in every value and better in one. Who lacks a value is not
 * compared, and is neither on the front nor keeps anybody from it.
 * @param all values where less is better; turn the sign of what should be large @returns for each, whether it is on the front
 */
export function paretoFront(all: readonly Weighed[]): boolean[] {
  const known = all.map((values) => (values.includes(null) ? undefined : (values as readonly number[])));
  return known.map((own) => own !== undefined && !known.some((other) => other && beats(other, own)));
}

function beats(other: readonly number[], own: readonly number[]): boolean {
  const differences = own.map((value, at) => value - (other[at] ?? value));
  return differences.every((difference) => difference >= 0) && differences.some((difference) => difference > 0);
}
