import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { levelName } from "#server/watch/monitoring/state/level-name.ts";
import { buildFeatureProfile, featureProfiler } from "./build-feature-profile.ts";

function numeric(values: Iterable<number | null>) {
  const profile = buildFeatureProfile("numeric", values);
  if (profile.kind !== "numeric") throw new Error("not numeric");
  return profile;
}

function categorical(values: Iterable<string | null>) {
  const profile = buildFeatureProfile("categorical", values);
  if (profile.kind !== "categorical") throw new Error("not categorical");
  return profile;
}

test("uses NumPy's quantiles as edges, with values at an edge in the lower bin", () => {
  // numpy.quantile(numpy.arange(1025.0), numpy.arange(1, 512) / 512) is 2, 4, … 1022.
  const { edges, bins } = numeric(Array.from({ length: 1025 }, (_, index) => index));
  expect(edges).toEqual(Array.from({ length: 511 }, (_, index) => 2 * (index + 1)));
  expect(bins).toEqual([3, ...new Array(511).fill(2)]);
});

test("interpolates edges between two values", () => {
  // numpy.quantile([0, 1], [1/512, 2/512]) is [0.001953125, 0.00390625].
  const { edges, bins } = numeric([0, 1]);
  expect(edges.slice(0, 2)).toEqual([1 / 512, 2 / 512]);
  expect(edges).toHaveLength(511);
  expect([bins[0], bins[511]]).toEqual([1, 1]);
});

test("counts missing, NaN and infinite values separately, and not as values", () => {
  const profile = numeric([1, null, Number.NaN, Infinity, -Infinity, 0, -0, 2]);
  expect(profile).toMatchObject({ count: 4, nulls: 1, nans: 1, posInf: 1, negInf: 1, zeros: 2, min: 0, max: 2 });
  expect(profile.values).toEqual([
    [0, 2],
    [1, 1],
    [2, 1],
  ]);
  expect(profile).toMatchObject({ edges: expect.arrayContaining([0]), isInteger: true });
});

test("computes moments of all values, including large ones with small differences", () => {
  // docs/spec/drift.md section 5.2: {1, 2, 3} merged with {10, 20} gives mean 7.2 and M2 254.8.
  const small = numeric([1, 2, 3, 10, 20]);
  expect(small.mean).toBeCloseTo(7.2, 12);
  expect(small.m2).toBeCloseTo(254.8, 10);
  const large = numeric(Array.from({ length: 5000 }, (_, index) => 1e12 + (index % 2)));
  expect(large.m2 / large.count).toBeCloseTo(0.25, 9);
});

test("builds one bin for a constant or empty column", () => {
  expect(numeric([5, 5, 5])).toMatchObject({ edges: [5], bins: [3, 0], values: [[5, 3]] });
  expect(numeric([null])).toMatchObject({ count: 0, edges: [], bins: [0], isInteger: false });
});

test("counts a million values exactly, with every bin within a tenth of its share", () => {
  const random = seededRandom(3);
  const values = Float64Array.from({ length: 1_000_000 }, () => normalFrom(random));
  const { edges, bins, count } = numeric(values);
  expect(count).toBe(1_000_000);
  expect(edges.length).toBe(511);
  const direct = new Array<number>(512).fill(0);
  const sorted = values.toSorted();
  let bin = 0;
  for (const value of sorted) {
    while (bin < 511 && value > (edges[bin] as number)) bin += 1;
    direct[bin] = (direct[bin] as number) + 1;
  }
  expect(bins).toEqual(direct);
  const shares = bins.map((rows) => rows / (1_000_000 / 512));
  expect(Math.min(...shares)).toBeGreaterThan(0.7);
  expect(Math.max(...shares)).toBeLessThan(1.3);
});

test("builds a profile of merged values independent of their order", () => {
  const random = seededRandom(9);
  const values = Array.from({ length: 100_000 }, () => Math.exp(3 * normalFrom(random)) - 1);
  const profileOf = (list: number[]) => {
    const profiler = featureProfiler("numeric", 1000);
    for (const value of list) profiler.add(value);
    const { edges, bins } = profiler.profile() as ReturnType<typeof numeric>;
    return { edges, bins };
  };
  expect(profileOf(values)).toEqual(profileOf(values.toReversed()));
});

test("uses integer edges for many integers", () => {
  const { edges } = numeric(Array.from({ length: 300_000 }, (_, index) => 1_700_000_000 + index * 7));
  expect(edges.every(Number.isInteger)).toBe(true);
});

test("orders levels by frequency and keeps the names of rare ones", () => {
  const rare = Array.from({ length: 250 }, (_, index) => `rare ${String(index).padStart(3, "0")}`);
  const profile = categorical(["b", "a", "b", null, ...rare]);
  expect(profile.levels.slice(0, 2)).toEqual([
    ["b", 2],
    ["a", 1],
  ]);
  expect(profile).toMatchObject({ count: 253, nulls: 1, other: 52, once: 251 });
  expect(profile.levels).toHaveLength(200);
  expect(profile.otherLevels).toHaveLength(52);
});

test("counts levels beyond the maximum as seen once", () => {
  const profiler = featureProfiler("categorical");
  for (let index = 0; index < 100_010; index += 1) profiler.add(`id ${index}`);
  expect(profiler.profile()).toMatchObject({ count: 100_010, once: 100_010, other: 99_810 });
});

test("converts a level name to one that Postgres can store", () => {
  expect(levelName("a\0\ud800")).toBe("a\uFFFD\uFFFD");
  expect(levelName("x".repeat(300))).toHaveLength(200);
});
