import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { Dimension, type Halving, type RungValue } from "./contract.ts";
import { comparisonsOf, endedTrials, goesOn, rungCounts, rungSteps } from "./halving.ts";
import { gridOf, randomSet } from "./parameter-sets.ts";

test("a grid has each combination once, the last parameter first", () => {
  const grid = gridOf({
    lr: { kind: "values", values: [0.1, 0.01] },
    size: { kind: "values", values: ["s", "m", "l"] },
  });
  expect(grid).toHaveLength(6);
  expect(grid.slice(0, 4)).toEqual([
    { lr: 0.1, size: "s" },
    { lr: 0.1, size: "m" },
    { lr: 0.1, size: "l" },
    { lr: 0.01, size: "s" },
  ]);
  expect(new Set(grid.map((set) => JSON.stringify(set))).size).toBe(6);
});

test("refuses grids of ranges, and those that are too large", () => {
  expect(() => gridOf({ lr: { kind: "number", min: 0, max: 1, log: false } })).toThrow('a list of values for "lr"');
  const values = Array.from({ length: 40 }, (_, at) => at);
  const of = { kind: "values" as const, values };
  expect(() => gridOf({ a: of, b: of })).toThrow("1,600 combinations");
  expect(Dimension.safeParse({ kind: "number", min: 0, max: 1, log: true }).success).toBe(false);
  expect(Dimension.safeParse({ kind: "integer", min: 2, max: 1 }).success).toBe(false);
});

test("draws each trial from its own seed, whatever the order of the parameters", () => {
  const lr = Dimension.parse({ kind: "number", min: 1e-5, max: 1, log: true });
  const depth = Dimension.parse({ kind: "integer", min: 2, max: 5 });
  expect(randomSet({ lr, depth }, { seed: 1, trial: 17 })).toEqual(randomSet({ depth, lr }, { seed: 1, trial: 17 }));
  expect(randomSet({ lr, depth }, { seed: 1, trial: 17 })).not.toEqual(
    randomSet({ lr, depth }, { seed: 2, trial: 17 }),
  );
  const trials = Array.from({ length: 4_000 }, (_, trial) => randomSet({ lr, depth }, { seed: 5, trial }));
  for (const value of [2, 3, 4, 5]) {
    expect(trials.filter((set) => set.depth === value).length / 4_000).toBeCloseTo(0.25, 1);
  }
  // On a log scale, each decade has the same share.
  for (const decade of [-5, -4, -3, -2, -1]) {
    const here = trials.filter((set) => Math.floor(Math.log10(Number(set.lr))) === decade);
    expect(here.length / 4_000).toBeCloseTo(0.2, 1);
  }
});

const halving: Halving = { metric: "accuracy", goal: "max", first: 10, factor: 3, last: 270 };

test("compares at growing steps", () => {
  expect(rungSteps(halving)).toEqual([10, 30, 90]);
  expect(rungSteps({ ...halving, first: 300 })).toEqual([]);
});

test("lets the best third go on, of those that came so far", () => {
  const values = [0.9, 0.5, 0.7, 0.8, 0.6, 0.4].map((value, trial): RungValue => ({ trial, rung: 0, value }));
  const going = values.filter((one) => goesOn(one, values, halving)).map(({ trial }) => trial);
  expect(going).toEqual([0, 3]);
  const lower = values.filter((one) => goesOn(one, values, { ...halving, goal: "min" })).map(({ trial }) => trial);
  expect(lower).toEqual([1, 5]);
  // The first at a rung goes on; one that reports no number does not.
  expect(goesOn({ trial: 0, rung: 0 }, values.slice(0, 1), halving)).toBe(true);
  expect(goesOn({ trial: 0, rung: 0 }, [{ trial: 0, rung: 0, value: null }], halving)).toBe(false);
});

test("says how a trial stood among those that had come before it", () => {
  const at = (trial: number, value: number | null, rung = 0): RungValue => ({ trial, rung, value });
  // 1 is better than 0; 2 is worse than both; 3 reports no number; 4 is the best so far; 1 comes to the next rung alone.
  const values = [at(0, 0.5), at(1, 0.9), at(2, 0.4), at(3, null), at(1, 0.95, 1), at(4, 0.91)];
  expect([...comparisonsOf(values, halving)]).toEqual([
    [2, { step: 10, value: 0.4, place: 3, among: 3, kept: 1 }],
    [3, { step: 10, value: null, place: 4, among: 4, kept: 1 }],
  ]);
  expect(rungCounts(values, halving)).toEqual([
    { step: 10, came: 5, wentOn: 3 },
    { step: 30, came: 1, wentOn: 1 },
    { step: 90, came: 0, wentOn: 0 },
  ]);
  // Trial 2 came to the next rung before its stop had ended it.
  expect(rungCounts([...values, at(2, 0.99, 1)], halving)[1]).toEqual({ step: 30, came: 1, wentOn: 1 });
});

test("what was decided at a rung stays decided when others come", () => {
  const random = seededRandom(11);
  const values = Array.from({ length: 60 }, (_, trial): RungValue => ({ trial, rung: trial % 3, value: random() }));
  const final = endedTrials(values, halving);
  for (let count = 1; count <= values.length; count += 1) {
    for (const [trial, rung] of endedTrials(values.slice(0, count), halving)) expect(final.get(trial)).toBe(rung);
  }
  // The first of each rung goes on, though better ones come later.
  expect([0, 1, 2].filter((trial) => final.has(trial))).toEqual([]);
  expect(final.size).toBeGreaterThan(30);
});

test("finds nearly the best trial with a fraction of the steps", () => {
  let [steps, found] = [0, 0];
  const rounds = 100;
  for (let round = 0; round < rounds; round += 1) {
    const random = seededRandom(round);
    const worth = Array.from({ length: 81 }, random);
    // A curve approaches what a trial is worth, with noise that shrinks.
    const at = (trial: number, step: number) =>
      (worth[trial] ?? 0) * (1 - Math.exp(-step / 40)) + (0.3 * (random() - 0.5)) / Math.sqrt(step);
    const values: RungValue[] = [];
    const alive: number[] = [];
    for (let trial = 0; trial < 81; trial += 1) {
      let reached = 270;
      for (const [rung, step] of rungSteps(halving).entries()) {
        values.push({ trial, rung, value: at(trial, step) });
        if (goesOn({ trial, rung }, values, halving)) continue;
        reached = step;
        break;
      }
      steps += reached;
      if (reached === 270) alive.push(trial);
    }
    const best = Math.max(...alive.map((trial) => worth[trial] ?? 0));
    if (best >= (worth.toSorted((a, b) => b - a)[4] ?? 1)) found += 1;
  }
  expect(steps / (rounds * 81 * 270)).toBeLessThan(0.35);
  expect(found / rounds).toBeGreaterThan(0.8);
});
