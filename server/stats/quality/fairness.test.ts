import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { evaluateFairness, type Group } from "./fairness.ts";

const cells = (truePositive: number, falsePositive: number, falseNegative: number, trueNegative: number) => ({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
});

test("computes difference 0.10 and ratio 0.75 for 40 and 30 of 100, without an alarm if not significant", () => {
  // docs/spec/fairness.md section 2
  const groups = [
    { name: "A", cells: cells(30, 10, 20, 40) },
    { name: "B", cells: cells(20, 10, 30, 40) },
    { name: "C", cells: cells(1, 0, 0, 4) },
  ];
  const verdict = evaluateFairness(groups, { metric: "selectionRate", maxDifference: 0.02 });
  expect(verdict.difference).toBeCloseTo(0.1, 12);
  expect(verdict.ratio).toBeCloseTo(0.75, 12);
  expect(verdict.small).toEqual([{ name: "C", rows: 5 }]);
  expect(verdict.isUnfair).toBe(false);
  // statsmodels 0.15.0, confint_proportions_2indep(40, 100, 30, 100, method="newcomb").
  expect(verdict.pair).toMatchObject({ lower: "B", higher: "A", difference: expect.closeTo(0.1, 12) });
  expect(verdict.pair?.interval.low).toBeCloseTo(-0.03189037392596947, 6);
  expect(verdict.pair?.interval.high).toBeCloseTo(0.2271722510372177, 6);
  const many = groups.map(({ name, cells: few }) => ({
    name,
    cells: cells(few.truePositive * 50, few.falsePositive * 50, few.falseNegative * 50, few.trueNegative * 50),
  }));
  expect(evaluateFairness(many, { metric: "selectionRate", maxDifference: 0.02 })).toMatchObject({ isUnfair: true });
  expect(evaluateFairness(many, { metric: "selectionRate", maxDifference: 0.2 })).toMatchObject({ isUnfair: false });
  expect(evaluateFairness([], { metric: "accuracy", maxDifference: 0.1 })).toMatchObject({
    difference: null,
    pair: null,
  });
});

/** Draws groups of the same number of rows; `shares` are their accuracies. */
function drawnGroups(rows: number, shares: readonly number[], random: () => number): Group[] {
  return shares.map((share, index) => {
    const right = binomialFrom(rows, share, random);
    return { name: `g${index}`, cells: cells(right, rows - right, 0, 0) };
  });
}

test("calls equal groups unfair in less than 5% of windows, and covers a difference of 0", () => {
  const random = seededRandom(3);
  for (const [count, rows] of [
    [8, 30],
    [15, 30],
    [4, 100],
    [2, 50],
  ] as const) {
    let [unfair, covered] = [0, 0];
    for (let window = 0; window < 400; window += 1) {
      const groups = drawnGroups(rows, new Array<number>(count).fill(0.8), random);
      const verdict = evaluateFairness(groups, { metric: "accuracy", maxDifference: 0.1 });
      unfair += verdict.isUnfair ? 1 : 0;
      covered += verdict.differenceInterval?.low === 0 ? 1 : 0;
    }
    expect(unfair / 400).toBeLessThanOrEqual(0.05);
    // For 400 windows at 95%, two deviations are 2.2 points.
    expect(covered / 400).toBeGreaterThanOrEqual(0.928);
  }
});

test("finds a group 25 points below seven others, and names the pair that is most certain", () => {
  const random = seededRandom(5);
  let found = 0;
  for (let window = 0; window < 100; window += 1) {
    const groups = drawnGroups(400, [0.6, ...new Array<number>(7).fill(0.85)], random);
    const verdict = evaluateFairness(groups, { metric: "accuracy", maxDifference: 0.1 });
    if (verdict.isUnfair) found += 1;
    expect(verdict.pair?.lower).toBe("g0");
    expect(verdict.isUnfair).toBe((verdict.pair?.interval.low ?? 0) > 0.1);
  }
  expect(found).toBeGreaterThan(80);
});

test("decides by the pair of many rows where the lowest group is small", () => {
  const verdict = evaluateFairness(
    [
      { name: "small", cells: cells(18, 12, 0, 0) },
      { name: "low", cells: cells(3250, 1750, 0, 0) },
      { name: "high", cells: cells(4250, 750, 0, 0) },
    ],
    { metric: "accuracy", maxDifference: 0.1 },
  );
  expect(verdict.groups.map(({ name }) => name)).toEqual(["small", "low", "high"]);
  expect(verdict).toMatchObject({ isUnfair: true, pair: { lower: "low", higher: "high" } });
  expect(verdict.differenceInterval?.high).toBeGreaterThan(0.4);
});
