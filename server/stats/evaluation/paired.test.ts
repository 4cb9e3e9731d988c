import { expect, test } from "vitest";
import { newcombeInterval } from "../proportion.ts";
import { seededRandom } from "../random.ts";
import { pairedMeans, pairedShares } from "./paired.ts";

/** Correct by both, only by the first, only by the second. */
interface Shares {
  both: number;
  onlyFirst: number;
  onlySecond: number;
}

function drawnCells(rows: number, { both, onlyFirst, onlySecond }: Shares, random: () => number) {
  const cells = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (let row = 0; row < rows; row += 1) {
    const u = random();
    if (u < both) cells.both += 1;
    else if (u < both + onlyFirst) cells.onlyFirst += 1;
    else if (u < both + onlyFirst + onlySecond) cells.onlySecond += 1;
    else cells.neither += 1;
  }
  return cells;
}

/** Returns how often the paired and the independent interval cover the true difference, and their mean widths. */
function coverage(rows: number, shares: Shares, draws: number) {
  const random = seededRandom(rows);
  const truth = shares.onlyFirst - shares.onlySecond;
  const found = { paired: 0, independent: 0, ratio: 0 };
  for (let draw = 0; draw < draws; draw += 1) {
    const cells = drawnCells(rows, shares, random);
    const { interval } = pairedShares(cells);
    if (!interval) throw new Error("There is no interval.");
    const of = (hits: number) => ({ share: hits / rows, count: rows });
    const apart = newcombeInterval(of(cells.both + cells.onlyFirst), of(cells.both + cells.onlySecond));
    if (interval.low <= truth && truth <= interval.high) found.paired += 1 / draws;
    if (apart.low <= truth && truth <= apart.high) found.independent += 1 / draws;
    found.ratio += (apart.high - apart.low) / (interval.high - interval.low) / draws;
  }
  return found;
}

test("covers the true difference in about 95% of draws, where the interval of independent rows nearly always does", () => {
  const apart = { both: 0.73, onlyFirst: 0.08, onlySecond: 0.06 };
  const close = { both: 0.84, onlyFirst: 0.05, onlySecond: 0.03 };
  const found = [coverage(50, apart, 8_000), coverage(200, close, 5_000), coverage(1_000, close, 2_000)];
  for (const { paired, independent, ratio } of found) {
    // 94.9 to 96.2%, and two standard errors of the fewest draws.
    expect(paired).toBeGreaterThan(0.936);
    expect(paired).toBeLessThan(0.967);
    expect(independent).toBeGreaterThan(0.985);
    expect(ratio).toBeGreaterThan(1.35);
  }
});

test("covers more than 95% while only about four rows differ", () => {
  const { paired } = coverage(50, { both: 0.84, onlyFirst: 0.05, onlySecond: 0.03 }, 4_000);
  expect(paired).toBeGreaterThan(0.955);
});

test("rejects numbers that are not finite and cells that are no counts", () => {
  expect(() => pairedMeans([1, Number.NaN], [1, 2])).toThrow("Values must be finite numbers.");
  expect(() => pairedMeans([1], [1, 2])).toThrow("must have the same length");
  expect(() => pairedShares({ both: -1, onlyFirst: 0, onlySecond: 0, neither: 0 })).toThrow("Cells must be counts");
});
