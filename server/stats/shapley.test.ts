import { expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import { antitheticWalks, exactShapley, sampledShapley, type Walk } from "./shapley.ts";
import { studentQuantile } from "./student-t.ts";

type Model = (row: readonly number[]) => number;

const random = seededRandom(7);
const background = Array.from({ length: 9 }, () => Array.from({ length: 5 }, () => random() * 4 - 2));
const row = [1.5, -0.5, 2, 0.25, -1];
const means = row.map((_, feature) => background.reduce((sum, other) => sum + (other[feature] as number), 0) / 9);
const meanOf = (model: Model) => background.reduce((sum, other) => sum + model(other), 0) / background.length;

const known = (model: Model) => ({ rows: background.length, base: meanOf(model) });

/** Features of a coalition come from the row, the others from each row of the background in turn. */
function worthOf(model: Model): number[] {
  return Array.from({ length: 2 ** row.length }, (_, coalition) =>
    meanOf((other) =>
      model(row.map((own, feature) => ((coalition >> feature) & 1 ? own : (other[feature] as number)))),
    ),
  );
}

function worthsOf(model: Model, walks: readonly Walk[]): number[][] {
  return walks.map(({ order, background: index }) => {
    const mixed = [...(background[index] as number[])];
    return [
      model(mixed),
      ...order.map((feature) => {
        mixed[feature] = row[feature] as number;
        return model(mixed);
      }),
    ];
  });
}

test("assigns two thirds to the only left glove in the glove game", () => {
  // Players 0 and 1 have right gloves, player 2 the left one; a pair is worth 1 (Shapley's own example, in many textbooks).
  const worth = [0, 1, 2, 3, 4, 5, 6, 7].map((who) => (who & 4 && who & 3 ? 1 : 0));
  const [first, second, third] = exactShapley(worth);
  expect(first).toBeCloseTo(1 / 6, 12);
  expect(second).toBeCloseTo(1 / 6, 12);
  expect(third).toBeCloseTo(2 / 3, 12);
});

test("returns weight times distance to the mean for a linear model", () => {
  const weights = [2, -3, 0.5, 0, 7];
  const linear: Model = (values) => values.reduce((sum, value, at) => sum + value * (weights[at] as number), 11);
  const exact = exactShapley(worthOf(linear));
  for (const [at, weight] of weights.entries()) {
    expect(exact[at]).toBeCloseTo(weight * ((row[at] as number) - (means[at] as number)), 10);
  }
});

const curved: Model = ([a = 0, b = 0, c = 0, d = 0]) => a * b + Math.tanh(c * a) + Math.max(0, d) ** 2 + b * c * d;

test("sums to the output minus the mean output, with exactly zero for an unused feature", () => {
  const exact = exactShapley(worthOf(curved));
  expect(exact.reduce((a, b) => a + b)).toBeCloseTo(curved(row) - meanOf(curved), 10);
  expect(exact[4]).toBe(0);
  const walks = antitheticWalks({ players: 5, pairs: 8, rows: 9, seed: 3 });
  const sampled = sampledShapley(walks, worthsOf(curved, walks), known(curved));
  expect(sampled.values[4]).toBe(0);
  expect(sampled.standardErrors[4]).toBe(0);
});

test("assigns equal values to symmetric features", () => {
  const same = [0, 1, 2, 3, 4, 5, 6, 7].map((who) => ((who & 1) + ((who >> 1) & 1)) ** 2 * ((who & 4) / 4 + 1));
  const [first, second] = exactShapley(same);
  expect(first).toBeCloseTo(second as number, 12);
});

test("assigns the sum of the values to a sum of two games", () => {
  const [one, other] = [worthOf(curved), worthOf(([a = 0]) => Math.exp(a))];
  const together = exactShapley(one.map((worth, at) => worth + (other[at] as number)));
  const apart = exactShapley(one).map((value, at) => value + (exactShapley(other)[at] as number));
  for (const [at, value] of together.entries()) expect(value).toBeCloseTo(apart[at] as number, 10);
});

test("is exact for antithetic walks with at most pairwise interactions, using rows equally", () => {
  const pairwise: Model = ([a = 0, b = 0, c = 0]) => a * b - 2 * b * c + a;
  const walks = [...background.keys()].flatMap((index): Walk[] => [
    { order: [3, 0, 4, 2, 1], background: index },
    { order: [1, 2, 4, 0, 3], background: index },
  ]);
  const { values } = sampledShapley(walks, worthsOf(pairwise, walks), known(pairwise));
  for (const [at, value] of exactShapley(worthOf(pairwise)).entries()) {
    expect(values[at]).toBeCloseTo(value, 10);
  }
});

test("covers the exact value with 95% intervals in at least 95% of 400 seeds, without bias", () => {
  const exact = exactShapley(worthOf(curved));
  const seeds = 400;
  const pairs = 40;
  const t = studentQuantile(0.975, pairs - 2);
  for (const feature of [0, 1, 2, 3]) {
    let held = 0;
    let sum = 0;
    let sumOfErrors = 0;
    for (let seed = 0; seed < seeds; seed += 1) {
      const walks = antitheticWalks({ players: 5, pairs, rows: background.length, seed });
      const { values, standardErrors } = sampledShapley(walks, worthsOf(curved, walks), known(curved));
      const [value, error] = [values[feature] as number, standardErrors[feature] as number];
      if (Math.abs(value - (exact[feature] as number)) <= t * error) held += 1;
      sum += value;
      sumOfErrors += error;
    }
    // Rows are used equally, so the error is smaller than the deviation between pairs says.
    expect(held / seeds).toBeGreaterThan(0.95);
    const error = sumOfErrors / seeds;
    expect(Math.abs(sum / seeds - (exact[feature] as number))).toBeLessThan((4 * error) / Math.sqrt(seeds));
  }
});

test("uses background rows equally often, and sums to the effect whatever their number", () => {
  for (const [pairs, rows] of [
    [18, 9],
    [16, 9],
    [16, 100],
  ] as const) {
    const uses = new Array<number>(rows).fill(0);
    for (const { background: index } of antitheticWalks({ players: 5, pairs, rows, seed: 2 })) {
      uses[index] = (uses[index] as number) + 1;
    }
    expect(Math.max(...uses) - Math.min(...uses)).toBeLessThanOrEqual(2);
  }
  const effect = curved(row) - meanOf(curved);
  for (let seed = 0; seed < 20; seed += 1) {
    const walks = antitheticWalks({ players: 5, pairs: 16, rows: background.length, seed });
    const { values } = sampledShapley(walks, worthsOf(curved, walks), known(curved));
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(effect, 9);
  }
});

test("draws the same walks from the same seed, and different ones from another", () => {
  const size = { players: 6, pairs: 4, rows: 3 };
  expect(antitheticWalks({ ...size, seed: 1 })).toEqual(antitheticWalks({ ...size, seed: 1 }));
  expect(antitheticWalks({ ...size, seed: 1 })).not.toEqual(antitheticWalks({ ...size, seed: 2 }));
  const [first, second] = antitheticWalks({ ...size, seed: 1 });
  expect(first?.order).toEqual(second?.order.toReversed());
});
