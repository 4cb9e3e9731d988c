import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { addValue } from "../../state/add-value.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { emptyState } from "../../state/empty-state.ts";
import { fitLosses } from "./fit-losses.ts";
import { lossEstimates, mergeLosses } from "./loss-estimates.ts";

const numeric = {
  kind: "numeric" as const,
  count: 1000,
  nulls: 0,
  nans: 0,
  posInf: 0,
  negInf: 0,
  zeros: 0,
  min: 0,
  max: 10,
  mean: 5,
  m2: 8000,
  edges: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  bins: new Array(10).fill(100),
  isInteger: false,
  values: null,
};
const named = {
  kind: "categorical" as const,
  count: 1000,
  nulls: 0,
  other: 0,
  otherLevels: [],
  once: 0,
  levels: [
    ["UA", 500],
    ["AA", 500],
  ] as [string, number][],
};
const features: ProfiledFeature[] = [
  { name: "distance", role: "input", profile: numeric },
  { name: "carrier", role: "input", profile: named },
];
const random = seededRandom(2);
const rows = Array.from({ length: 3000 }, () => {
  const [distance, carrier] = [random() * 10, random() < 0.5 ? "UA" : "AA"];
  return { distance, carrier, error: normalFrom(random) * (1 + distance / 2) * (carrier === "AA" ? 2 : 1) };
});
const losses = fitLosses({
  features,
  values: [rows.map(({ distance }) => distance), rows.map(({ carrier }) => carrier)],
  predicted: rows.map(({ error }) => 50 + error),
  truths: rows.map(() => 50),
});

function stateOf(of: readonly { distance: number; carrier: string }[]) {
  const state = { ...emptyState(features), rows: of.length };
  for (const row of of) {
    const [first, second] = state.features;
    if (first) addValue(first, numeric, row.distance);
    if (second) addValue(second, named, row.carrier);
  }
  return state;
}

test("estimates the reference errors on rows like the reference", () => {
  if (!losses) throw new Error("Nothing was fitted.");
  const actual = rows.reduce((sum, { error }) => sum + Math.abs(error), 0) / rows.length;
  const root = Math.sqrt(rows.reduce((sum, { error }) => sum + error * error, 0) / rows.length);
  const metrics = lossEstimates(losses, features, stateOf(rows));
  expect(metrics.meanAbsoluteError?.value).toBeCloseTo(actual, 1);
  expect(metrics.rootMeanSquaredError?.value).toBeCloseTo(root, 0);
  expect(metrics.meanAbsoluteError?.low).toBeLessThan(actual);
});

test("estimates larger errors for traffic shifted to harder rows, before any label", () => {
  if (!losses) throw new Error("Nothing was fitted.");
  const hard = rows.filter(({ distance, carrier }) => distance > 7 && carrier === "AA");
  const easy = rows.filter(({ distance, carrier }) => distance < 3 && carrier === "UA");
  const of = (some: typeof rows) => lossEstimates(losses, features, stateOf(some)).meanAbsoluteError;
  const actual = hard.reduce((sum, { error }) => sum + Math.abs(error), 0) / hard.length;
  expect(of(hard)?.value).toBeGreaterThan((of(easy)?.value ?? 0) * 1.5);
  // A sum of effects lies below where two features multiply.
  expect(of(hard)?.value).toBeGreaterThan(actual * 0.7);
  const merged = mergeLosses([
    lossEstimates(losses, features, stateOf(hard)),
    lossEstimates(losses, features, stateOf(easy)),
  ]);
  expect(merged.meanAbsoluteError?.rows).toBe(hard.length + easy.length);
  expect(lossEstimates(losses, features, { ...emptyState(features), rows: 0 })).toEqual({});
});

test("fits no loss model to a hundred rows", () => {
  const few = { features, values: [], predicted: new Array(100).fill(1), truths: new Array(100).fill(1) };
  expect(fitLosses(few)).toBeNull();
});
