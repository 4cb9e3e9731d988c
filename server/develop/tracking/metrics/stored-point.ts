/** A point as it is stored: finite or NaN, without negative zero. */
export interface StoredPoint {
  step: number;
  timestamp: number;
  value: number;
}

/** Compares in the order of Postgres for (step, timestamp, value): NaN equals itself and is greater than every number. */
export function comparePoints(a: StoredPoint, b: StoredPoint): number {
  return a.step - b.step || a.timestamp - b.timestamp || compareValues(a.value, b.value);
}

/** Compares in the order of a history: (timestamp, step, value). */
export function compareByTime(a: StoredPoint, b: StoredPoint): number {
  return a.timestamp - b.timestamp || a.step - b.step || compareValues(a.value, b.value);
}

/** Returns the latest point: the greatest by (step, timestamp, value), NaN counting as 0. */
export function latestOf(points: readonly StoredPoint[]): StoredPoint {
  const rank = ({ value }: StoredPoint) => (Number.isNaN(value) ? 0 : value);
  const isLater = (a: StoredPoint, b: StoredPoint) =>
    (a.step - b.step || a.timestamp - b.timestamp || rank(a) - rank(b)) > 0;
  return points.reduce((latest, point) => (isLater(point, latest) ? point : latest));
}

function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b || 0;
}

/** Returns the points in order, without duplicates. */
export function sortedSet(points: readonly StoredPoint[]): StoredPoint[] {
  const sorted = isSorted(points) ? points : points.toSorted(comparePoints);
  return sorted.filter((point, index) => index === 0 || comparePoints(sorted[index - 1] as StoredPoint, point) !== 0);
}

function isSorted(points: readonly StoredPoint[]): boolean {
  return points.every((point, index) => index === 0 || comparePoints(points[index - 1] as StoredPoint, point) <= 0);
}
