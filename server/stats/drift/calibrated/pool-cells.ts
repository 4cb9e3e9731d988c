import { total } from "./calibrated-test.ts";

/** Two samples counted in the same cells. */
export interface Cells {
  reference: number[];
  current: number[];
}

const minExpected = 5;

/**
 * Pools cells that are too small for a chi-square as "other" (docs/spec/drift.md section 6.2): starting with the rarest, until each
 * remaining cell expects at least 5 rows in the smaller sample; if "other" itself expects fewer, the next rarest joins it.
 * @param unseen current rows of levels that the reference does not contain: part of "other". Without them, the levels that the
 * reference happens to contain look too frequent in it, and small references alarm without drift (200 Zipf levels, 200 rows: 18%
 * instead of 1%).
 */
export function pooledCells(reference: ArrayLike<number>, current: ArrayLike<number>, unseen = 0): Cells {
  const n = total(reference);
  const m = total(current) + unseen;
  const smaller = Math.min(n, m) / (n + m);
  const cells = Array.from({ length: reference.length }, (_, at) => [reference[at] ?? 0, current[at] ?? 0] as const)
    .filter(([r, c]) => r + c > 0)
    .sort((a, b) => a[0] + a[1] - b[0] - b[1]);
  const expected = ([r, c]: readonly [number, number]) => (r + c) * smaller;
  let other: readonly [number, number] = [0, unseen];
  let kept = 0;
  const isOpen = () => other[0] + other[1] > 0 && expected(other) < minExpected;
  for (let cell = cells[kept]; cell && (expected(cell) < minExpected || isOpen()); cell = cells[kept]) {
    other = [other[0] + cell[0], other[1] + cell[1]];
    kept += 1;
  }
  const rest = other[0] + other[1] > 0 ? [...cells.slice(kept), other] : cells.slice(kept);
  return { reference: rest.map(([r]) => r), current: rest.map(([, c]) => c) };
}
