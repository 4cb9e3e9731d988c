import { betaBinomialTail } from "../../beta-binomial.ts";
import { hypergeometricTail } from "../../hypergeometric.ts";
import { normalShareBelow } from "../../normal.ts";
import { type CalibratedMethod, type CalibratedTest, minRows, noVerdict } from "./calibrated-test.ts";

/**
 * Tests whether more rows than expected by the reference have a level that it never had (docs/spec/drift.md section 6.3): with many rare
 * levels, some new ones always appear; their share is that of levels seen exactly once (Good and Turing). One-sided Fisher tail.
 * @param options.once levels that occur exactly once among the `referenceRows` rows of the reference.
 */
export function unseenTest(options: {
  unseen: number;
  rows: number;
  once: number;
  referenceRows: number;
  alpha: number;
}): CalibratedTest {
  const { unseen, rows, once, referenceRows, alpha } = options;
  if (rows < minRows || referenceRows < minRows) return noVerdict("too-few-rows");
  const tail = (hits: number) =>
    hypergeometricTail(hits, { total: rows + referenceRows, marked: hits + once, drawn: rows });
  return upwards({ hits: unseen, rows, alpha, tail, method: "hypergeometric", key: `unseen ${once} ${referenceRows}` });
}

/**
 * Tests whether a share of rows (nulls, NaN, infinities, duplicates …) rose compared with the reference (docs/spec/drift.md section 6.4):
 * the one-sided form of the 2 × 2 table, or its exact tail if fewer than 5 rows are expected.
 */
export function shareTest(options: {
  hits: number;
  rows: number;
  referenceHits: number;
  referenceRows: number;
  alpha: number;
}): CalibratedTest {
  const { hits, rows, referenceHits, referenceRows, alpha } = options;
  if (rows < minRows || referenceRows < minRows) return noVerdict("too-few-rows");
  const all = rows + referenceRows;
  const expected = ((hits + referenceHits) * Math.min(rows, referenceRows)) / all;
  const isSmall = expected < 5;
  const tail = (count: number) =>
    isSmall
      ? hypergeometricTail(count, { total: all, marked: count + referenceHits, drawn: rows })
      : normalShareBelow(-sharesZ({ hits: count, rows, referenceHits, referenceRows }));
  const method = isSmall ? ("hypergeometric" as const) : ("chi-square" as const);
  return upwards({ hits, rows, alpha, tail, method, key: `${method} ${referenceHits} ${referenceRows}` });
}

/** Computes the distance of two shares in standard deviations of their difference, pooled; positive if the current one is larger. */
function sharesZ(options: { hits: number; rows: number; referenceHits: number; referenceRows: number }): number {
  const { hits, rows, referenceHits, referenceRows } = options;
  const pooled = (hits + referenceHits) / (rows + referenceRows);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / referenceRows));
  return spread === 0 ? 0 : (hits / rows - referenceHits / referenceRows) / spread;
}

/**
 * Tests whether more values than chance explains lie outside the reference's minimum and maximum (docs/spec/drift.md section 6.4). For a
 * continuous feature, a new value does with probability 2 / (n + 1) on average, which varies with the reference: beta-binomial tail.
 */
export function outOfRangeTest(options: {
  outside: number;
  rows: number;
  referenceRows: number;
  alpha: number;
}): CalibratedTest {
  const { outside, rows, referenceRows, alpha } = options;
  if (rows < minRows || referenceRows < minRows) return noVerdict("too-few-rows");
  const tail = (hits: number) => betaBinomialTail(hits, rows, { a: 2, b: referenceRows - 1 });
  return upwards({ hits: outside, rows, alpha, tail, method: "beta-binomial", key: `outside ${referenceRows}` });
}

/** Lines by what they depend on: features of one window have the same rows, and mostly nothing in the reference. */
const quietHits = new Map<string, number>();
const maxStored = 2048;

/** Compares the share with the largest share that is not an alarm, found by bisection: tails decrease as hits increase. */
function upwards(options: {
  hits: number;
  rows: number;
  alpha: number;
  tail: (hits: number) => number;
  method: CalibratedMethod;
  /** Parameters that the tail depends on besides the rows. */
  key: string;
}): CalibratedTest {
  const { hits, rows, alpha, tail, method } = options;
  const quiet = maxQuietHits(options);
  const pValue = Math.min(1, tail(hits));
  const line = quiet >= rows ? Number.POSITIVE_INFINITY : quiet / rows;
  return { statistic: hits / rows, line, pValue, degrees: 0, isDrift: pValue < alpha, method };
}

/** Returns the maximum number of hits without an alarm; all rows if nothing can alarm. */
function maxQuietHits(options: { rows: number; alpha: number; tail: (hits: number) => number; key: string }): number {
  const { rows, alpha, tail } = options;
  const key = `${options.key} ${rows} ${alpha}`;
  const known = quietHits.get(key);
  if (known !== undefined) return known;
  let [quiet, alarm] = [0, rows + 1];
  while (alarm - quiet > 1) {
    const middle = (quiet + alarm) >> 1;
    if (tail(middle) < alpha) alarm = middle;
    else quiet = middle;
  }
  if (quietHits.size >= maxStored) quietHits.clear();
  quietHits.set(key, quiet);
  return quiet;
}
