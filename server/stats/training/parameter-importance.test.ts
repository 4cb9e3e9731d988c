import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { parameterImportance } from "./parameter-importance.ts";

// H and p by scipy 1.17.1 (stats.kruskal); the share is (H − k + 1) / (n − k).
const values = [0.91, 0.9, 0.88, 0.86, 0.93, 0.71, 0.74, 0.7, 0.69, 0.75, 0.55, 0.62, 0.58, 0.6];
const optimisers = [
  "adam",
  "adam",
  "adam",
  "adam",
  "adam",
  "sgd",
  "sgd",
  "sgd",
  "sgd",
  "sgd",
  "rms",
  "rms",
  "rms",
  "rms",
];

test("says which parameter explains the metric, the greatest first", () => {
  const trials = values.map((value, at) => ({
    value,
    parameters: { shuffle: at % 2 === 0, optimiser: optimisers[at] ?? "" },
  }));
  const [first, second] = parameterImportance(["shuffle", "optimiser"], trials) ?? [];
  expect(first).toMatchObject({ parameter: "optimiser", share: expect.closeTo(0.87012987012987, 10) });
  expect(first?.p).toBeCloseTo(0.0030711159379943733, 10);
  expect(second).toMatchObject({ parameter: "shuffle", share: 0, p: expect.closeTo(0.8480062142193152, 10) });
  // Any scale of the metric gives the same.
  const scaled = trials.map((trial) => ({ ...trial, value: Math.exp(100 * trial.value) }));
  expect(parameterImportance(["shuffle", "optimiser"], scaled)).toEqual([first, second]);
});

test("groups numbers of many values by their quantiles", () => {
  const metric = [0.5, 0.55, 0.6, 0.8, 0.85, 0.9, 0.88, 0.87, 0.7, 0.4, 0.3, 0.1];
  const trials = metric.map((value, at) => ({ value, parameters: { lr: 0.001 * 1.7 ** at } }));
  const [lr] = parameterImportance(["lr"], trials.toReversed()) ?? [];
  expect(lr?.share).toBeCloseTo(0.7948717948717947, 10);
  expect(lr?.p).toBeCloseTo(0.02487994502801877, 10);
});

test("corrects for ties, and says nothing where trials do not differ, or are few", () => {
  const metric = [1, 1, 2, 2, 3, 3, 1, 2, 3, 3, 2, 1];
  const trials = metric.map((value, at) => ({
    value,
    parameters: { side: at < 6 ? "a" : "b", same: 1, each: `${at}` },
  }));
  expect(parameterImportance(["side", "same", "each"], trials)).toEqual([
    { parameter: "side", share: 0, p: 1 },
    { parameter: "same", share: null, p: null },
    { parameter: "each", share: null, p: null },
  ]);
  expect(parameterImportance(["side"], trials.slice(0, 9))).toBeNull();
  const lost = trials.map((trial) => ({ ...trial, value: Number.NaN }));
  expect(() => parameterImportance(["side"], lost)).toThrow("must be numbers");
  const unknown = trials.map((trial, at) => ({ ...trial, parameters: { side: at % 2 === 0 ? Number.NaN : at } }));
  expect(parameterImportance(["side"], unknown)?.[0]?.share).toBeNull();
  const equal = trials.map((trial) => ({ ...trial, value: 1 }));
  expect(parameterImportance(["side"], equal)).toEqual([{ parameter: "side", share: 0, p: 1 }]);
});

test("counts a diverged trial as the worst, and a parameter without effect as none on average", () => {
  const random = seededRandom(4);
  const shares: number[] = [];
  let alarms = 0;
  for (let round = 0; round < 400; round += 1) {
    const trials = Array.from({ length: 40 }, () => {
      const lr = 10 ** (-4 * random());
      const value = lr > 0.3 ? Number.POSITIVE_INFINITY : Math.abs(Math.log10(lr) + 2) + 0.2 * random();
      return { value, parameters: { lr, noise: random() } };
    });
    const found = parameterImportance(["noise", "lr"], trials) ?? [];
    expect(found[0]?.parameter).toBe("lr");
    shares.push(found[0]?.share ?? 0);
    if ((found[1]?.p ?? 1) < 0.05) alarms += 1;
  }
  expect(Math.min(...shares)).toBeGreaterThan(0.3);
  expect(alarms / 400).toBeLessThan(0.09);
});
