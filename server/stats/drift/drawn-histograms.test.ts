import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { decisionBins, regroup } from "./calibrated/decision-bins.ts";
import { type Histograms, histogramDrawer } from "./drawn-histograms.ts";
import { countedRows } from "./null-rates.ts";
import { type NumericSource, nullSources } from "./null-sources.ts";

const numeric = nullSources.filter((source): source is NumericSource => source.kind === "numeric");
const draws = 400;

/** Returns a histogram's properties that tests depend on: its decision bins, the number of stored bins, and how empty they are. */
function featuresOf({ reference, current }: Histograms): number[] {
  const groups = decisionBins(reference, 10);
  const [own, other] = [regroup(reference, groups), regroup(current, groups)];
  const squares = other.map((count, bin) => (count - (own[bin] as number)) ** 2);
  return [
    reference.length,
    groups.length,
    own[0] as number,
    own.at(-1) as number,
    other[0] as number,
    other.at(-1) as number,
    squares.reduce((sum, each) => sum + each, 0),
    current.filter((count) => count === 0).length,
    Math.max(...reference),
    Math.max(...current),
  ];
}

/** Means of the features and their standard errors. */
function meansOf(draw: () => Histograms): { mean: number; error: number }[] {
  const all = Array.from({ length: draws }, () => featuresOf(draw()));
  return (all[0] as number[]).map((_, feature) => {
    const values = all.map((each) => each[feature] as number);
    const mean = values.reduce((sum, each) => sum + each, 0) / draws;
    return { mean, error: Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / draws / draws) };
  });
}

test.each(
  numeric.flatMap((source) =>
    [
      { reference: 60, current: 300 },
      { reference: 1500, current: 100 },
    ].map((rows) => ({ name: source.name, source, rows })),
  ),
)("draws counts of $name for $rows with the same distribution as row-by-row sampling", ({ source, rows }) => {
  const [fast, slow] = [seededRandom(31), seededRandom(32)];
  const draw = histogramDrawer(source, rows);
  const drawn = meansOf(() => draw(fast));
  const counted = meansOf(() => countedRows(source, rows, slow));
  for (const [feature, { mean, error }] of drawn.entries()) {
    const other = counted[feature] as { mean: number; error: number };
    expect(Math.abs(mean - other.mean)).toBeLessThanOrEqual(4 * Math.hypot(error, other.error) + 1e-9);
  }
});

test("assigns every row of reference and window to a bin", () => {
  const random = seededRandom(4);
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  for (const source of numeric) {
    const { reference, current } = histogramDrawer(source, { reference: 1234, current: 567 })(random);
    expect([sum(reference), sum(current)]).toEqual([1234, 567]);
    expect(current).toHaveLength(reference.length);
  }
});
