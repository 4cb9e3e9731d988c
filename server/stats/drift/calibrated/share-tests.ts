import { requireCounts } from "../../argument-error.ts";
import { betaBinomialTail } from "../../beta-binomial.ts";
import { hypergeometricTail } from "../../hypergeometric.ts";
import { type CalibratedMethod, type CalibratedTest, minRows, noVerdict } from "./calibrated-test.ts";
import { isFisher, missableLevels, unseenTail } from "./unseen-tail.ts";

/**
 * Tests whether more rows than expected by the reference have a level that it never had (docs/spec/drift.md section 6.3): with many rare
 * levels, some new ones always appear. Their share is that of levels seen exactly once (Good and Turing), but it comes in whole levels,
 * each of which may bring many rows: see unseenTail.
 * @param options.once levels that occur exactly once among the `referenceRows` rows of the reference. @param options.twice those twice
 * @param options.reference rows of the reference by level. @param options.current rows of the window of the same levels.
 * @throws ArgumentError for rows or levels that are not counts
 */
export function unseenTest(options: {
  unseen: number;
  rows: number;
  once: number;
  twice: number;
  referenceRows: number;
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  alpha: number;
}): CalibratedTest {
  const { unseen, rows, once, twice, referenceRows, alpha } = options;
  if (rows < minRows || referenceRows < minRows) return noVerdict("too-few-rows");
  requireCounts([unseen, rows, once, twice, referenceRows], "Rows and levels");
  const known = { rows, referenceRows, once, twice, missable: missableLevels(options) };
  const tail = unseenTail(known);
  const key = `unseen ${once} ${twice} ${referenceRows} ${known.missable.join(" ")}`;
  return upwards({ hits: unseen, rows, alpha, tail, method: isFisher(known) ? "hypergeometric" : "clumped", key });
}

/**
 * Tests whether a share of rows (nulls, NaN, infinities, duplicates …) rose compared with the reference (docs/spec/drift.md section 6.4):
 * Fisher's exact tail, one-sided. The normal tail would alarm 5 to 9 times as often as it should at α = 1e-5.
 * @throws ArgumentError for rows that are not counts
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
  requireCounts([hits, rows, referenceHits, referenceRows], "Rows");
  const all = rows + referenceRows;
  const tail = (count: number) => hypergeometricTail(count, { total: all, marked: count + referenceHits, drawn: rows });
  return upwards({ hits, rows, alpha, tail, method: "hypergeometric", key: `share ${referenceHits} ${referenceRows}` });
}

/**
 * Tests whether more values than chance explains lie outside the reference's minimum and maximum (docs/spec/drift.md section 6.4). For a
 * continuous feature, a new value does with probability 2 / (n + 1) on average, which varies with the reference: beta-binomial tail.
 * @throws ArgumentError for rows that are not counts
 */
export function outOfRangeTest(options: {
  outside: number;
  rows: number;
  referenceRows: number;
  alpha: number;
}): CalibratedTest {
  const { outside, rows, referenceRows, alpha } = options;
  if (rows < minRows || referenceRows < minRows) return noVerdict("too-few-rows");
  requireCounts([outside, rows, referenceRows], "Rows");
  const tail = (hits: number) => betaBinomialTail(hits, rows, { a: 2, b: referenceRows - 1 });
  return upwards({ hits: outside, rows, alpha, tail, method: "beta-binomial", key: `outside ${referenceRows}` });
}

/** Lines by what they depend on: features of one window have the same rows, and mostly nothing in the reference. */
const quietHits = new Map<string, number>();
const maxStored = 2048;

/** Compares the share with the largest share that is not an alarm, found by doubling and bisection: tails decrease as hits increase. */
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
  let [quiet, alarm] = [0, 1];
  while (alarm <= rows && tail(alarm) >= alpha) [quiet, alarm] = [alarm, Math.min(rows + 1, 2 * alarm)];
  while (alarm - quiet > 1) {
    const middle = Math.floor((quiet + alarm) / 2);
    if (tail(middle) < alpha) alarm = middle;
    else quiet = middle;
  }
  if (quietHits.size >= maxStored) quietHits.clear();
  quietHits.set(key, quiet);
  return quiet;
}
