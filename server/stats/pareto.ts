/** Values where less is better; null is unknown. */
export type Weighed = readonly (number | null)[];

/**
 * Determines which items are on the Pareto front: no other item is at least as good in every value and better in one. An item with an
 * unknown value is not compared: it is not on the front, and it keeps no other item from it.
 * @param all values where less is better; negate values where more is better @returns for each item, whether it is on the front
 */
export function paretoFront(all: readonly Weighed[]): boolean[] {
  const known = all.map((values) => (values.includes(null) ? undefined : (values as readonly number[])));
  return known.map((own) => own !== undefined && !known.some((other) => other && beats(other, own)));
}

function beats(other: readonly number[], own: readonly number[]): boolean {
  const differences = own.map((value, at) => value - (other[at] ?? value));
  return differences.every((difference) => difference >= 0) && differences.some((difference) => difference > 0);
}
