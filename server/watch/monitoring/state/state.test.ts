import { expect, test } from "vitest";
import { scoreBinOf } from "#server/stats/estimation/score-grid.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { addNumbers } from "./add-numbers.ts";
import { addLevel, addNumber, addValue } from "./add-value.ts";
import { binOf } from "./bin-of.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { CategoricalProfile, NumericProfile, ProfiledFeature, SpanState } from "./contract.ts";
import { EdgeGrid } from "./edge-grid.ts";
import { emptyCategorical, emptyNumeric, emptyState } from "./empty-state.ts";
import { mergeStates } from "./merge-states.ts";
import { packState } from "./pack-state.ts";
import { addScore, emptyScores, mirrorScores } from "./scores.ts";
import { addPacked, unpackState } from "./unpack-state.ts";

const counts = { nulls: 0, nans: 0, posInf: 0, negInf: 0, zeros: 0 };
const amount: NumericProfile = {
  kind: "numeric",
  count: 4,
  ...counts,
  min: 1,
  max: 20,
  mean: 0,
  m2: 0,
  edges: [2, 3, 10],
  bins: [1, 1, 1, 1],
  isInteger: true,
  values: null,
};
const carrier: CategoricalProfile = {
  kind: "categorical",
  count: 10,
  nulls: 0,
  levels: [
    ["UA", 6],
    ["DL", 3],
  ],
  other: 1,
  otherLevels: ["HA"],
  once: 1,
};
const features: ProfiledFeature[] = [
  { name: "amount", role: "input", profile: amount },
  { name: "carrier", role: "input", profile: carrier },
];

test("bins a value at an edge below it, and outliers in the outer bins (docs/spec/drift.md section 5.1)", () => {
  expect([1, 2, 2.5, 3, 10, 10.1, -5, 99].map((value) => binOf(amount.edges, value))).toEqual([0, 0, 1, 1, 2, 3, 0, 3]);
});

test("finds the same bins by grid as by search, and counts many numbers as one by one", () => {
  const random = seededRandom(9);
  const shapes = [
    Array.from({ length: 511 }, () => normalFrom(random)),
    Array.from({ length: 511 }, () => Math.exp(3 * normalFrom(random))),
    [-1e300, 0, 1e300],
    [0, Number.MIN_VALUE, 1],
    [5],
    [],
  ];
  for (const shape of shapes) {
    const edges = [...new Set(shape)].sort((a, b) => a - b);
    const grid = new EdgeGrid(edges);
    const around = edges.flatMap((edge) => [edge, edge - 1e-9, edge + 1e-9, edge * 1.5, edge * 0.5]);
    for (const value of [...around, -1e308, 1e308, 0, -0, random() * 10]) {
      expect([value, grid.binOf(value)]).toEqual([value, binOf(edges, value)]);
    }
    const profile = { ...amount, edges, bins: new Array(edges.length + 1).fill(1) };
    const values = Float64Array.from([
      ...around.filter((value) => Math.abs(value) < 1e6),
      Number.NaN,
      Number.POSITIVE_INFINITY,
      0,
    ]);
    const [one, many] = [emptyNumeric(edges.length + 1), emptyNumeric(edges.length + 1)];
    for (const half of [values.slice(0, 7), values.slice(7)]) {
      for (const value of half) addNumber(one, profile, value);
      addNumbers(many, profile, grid, half, { first: 0, step: 1, count: half.length });
    }
    expect({ ...many, mean: 0, m2: 0 }).toEqual({ ...one, mean: 0, m2: 0 });
    expect(many.mean).toBeCloseTo(one.mean, 6);
    expect(many.m2 / Math.max(1, one.m2)).toBeCloseTo(one.m2 / Math.max(1, one.m2), 9);
  }
});

test("computes precise moments far from zero, beside an outlier and after an initial NaN", () => {
  const random = seededRandom(4);
  const near = Array.from({ length: 1000 }, () => 1e9 + normalFrom(random));
  for (const lot of [near, [1e6, ...near.map((value) => value - 1e9)], [Number.NaN, ...near], [5], [Number.NaN]]) {
    const [one, many] = [emptyNumeric(4), emptyNumeric(4)];
    for (const value of lot) addNumber(one, amount, value);
    // Every second element of a buffer, as in rows of two.
    const values = Float64Array.from(lot.flatMap((value) => [0.5, value]));
    addNumbers(many, amount, new EdgeGrid(amount.edges), values, { first: 1, step: 2, count: lot.length });
    expect({ ...many, mean: 0, m2: 0 }).toEqual({ ...one, mean: 0, m2: 0 });
    expect(many.mean).toBeCloseTo(one.mean, 6);
    expect(Math.abs(many.m2 - one.m2)).toBeLessThanOrEqual(1e-6 * one.m2);
  }
});

test("merges moments as by Chan: {1, 2, 3} with {10, 20} (docs/spec/drift.md section 5.2)", () => {
  const spans = [
    [1, 2, 3],
    [10, 20],
  ].map((values) => {
    const state = emptyState(features);
    for (const value of values) addValue(state.features[0] as never, amount, value);
    return { ...state, rows: values.length };
  });
  const merged = mergeStates(spans);
  expect(merged.rows).toBe(5);
  expect(merged.features[0]).toMatchObject({ count: 5, mean: 7.2, min: 1, max: 20 });
  expect((merged.features[0] as { m2: number }).m2).toBeCloseTo(254.8, 10);
  expect((spans[0] as SpanState).features[0]).toMatchObject({ count: 3, mean: 2 });
});

test("counts missing, NaN, infinite, zero and out-of-range values separately", () => {
  const state = emptyNumeric(4);
  for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 21, 20, undefined]) {
    addValue(state, amount, value);
  }
  expect(state).toMatchObject({ nulls: 1, nans: 1, posInf: 1, negInf: 1, zeros: 1, below: 1, above: 1, count: 3 });
});

test("counts rare levels as other and new levels as unseen, with the names of frequent unseen ones", () => {
  const state = emptyCategorical(3);
  for (const level of ["UA", "UA", "DL", "HA", "XX"]) addLevel(state, carrier, level);
  expect([...state.levels]).toEqual([2, 1, 1]);
  expect(state.unseenTop).toEqual(new Map([["XX", 1]]));
  for (let at = 0; at < 100; at++) addLevel(state, carrier, `rare ${at}`);
  for (let at = 0; at < 50; at++) addLevel(state, carrier, "AA");
  expect(state.unseen).toBe(151);
  expect(state.unseenTop.size).toBe(16);
  expect(state.unseenTop.get("AA")).toBeGreaterThanOrEqual(50);
});

test("decodes the same state as encoded, completely or for a few features", () => {
  const random = seededRandom(7);
  const state = emptyState(features);
  for (let row = 0; row < 1000; row++) {
    addNumber(state.features[0] as never, amount, random() * 30);
    addLevel(state.features[1] as never, carrier, ["UA", "DL", "HA", "ÄÖ"][Math.floor(random() * 4)] as string);
  }
  state.rows = 2 ** 40;
  state.features.push(undefined);
  const packed = packState(state);
  expect(unpackState(packed)).toEqual(state);
  expect(unpackState(packed, { features: new Set([1]) }).features).toEqual([undefined, state.features[1], undefined]);
  expect(() => unpackState(packed.subarray(0, 40))).toThrow("ends too early");
  expect(() => unpackState(Buffer.from([9]))).toThrow("version 9");
});

test("keeps score sums to a billionth, and mirrors them to the other class", () => {
  const random = seededRandom(3);
  const [scores, others] = [emptyScores(), emptyScores()];
  for (let row = 0; row < 5000; row++) {
    const score = random();
    addScore(scores, score);
    addScore(others, 1 - score);
  }
  for (const outside of [-0.1, 1.1, Number.NaN]) addScore(scores, outside);
  addScore(scores, 1);
  addScore(others, 0);
  const { scores: kept } = unpackState(packState({ rows: 5001, features: [], scores: new Map([["", scores]]) }));
  const sumOf = (values: Float64Array | undefined) => values?.reduce((a, b) => a + b, 0);
  expect(sumOf(kept.get("")?.count)).toBe(5001);
  expect(sumOf(kept.get("")?.sum)).toBeCloseTo(sumOf(scores.sum) as number, 5);
  expect(sumOf(kept.get("")?.sumSquares)).toBeCloseTo(sumOf(scores.sumSquares) as number, 5);
  const mirrored = mirrorScores(scores);
  expect(sumOf(mirrored.sum)).toBeCloseTo(sumOf(others.sum) as number, 8);
  expect(sumOf(mirrored.sumSquares)).toBeCloseTo(sumOf(others.sumSquares) as number, 8);
});

/** Writes scores as releases did that had only equal bins. */
function packedBefore(scores: readonly number[]): Buffer {
  const [count, sum, squares] = [0, 1, 2].map(() => new Float64Array(512)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const score of scores) {
    const bin = Math.min(511, Math.floor(score * 512));
    count[bin] = (count[bin] as number) + 1;
    sum[bin] = (sum[bin] as number) + score;
    squares[bin] = (squares[bin] as number) + score * score;
  }
  const writer = new ByteWriter();
  for (const header of [1, scores.length, 0, 1]) writer.integer(header);
  writer.text("");
  writer.sparse(count, (bin) => {
    const [n, s, middle] = [count[bin] as number, sum[bin] as number, (bin + 0.5) / 512];
    writer.single(s - n * middle);
    writer.single((squares[bin] as number) - 2 * middle * s + n * middle * middle);
  });
  return writer.bytes();
}

test("reads scores of an older release at their means, adds them to new ones, and writes what that release reads", () => {
  const older = unpackState(packedBefore([0.0004, 0.0005, 0.3, 1]));
  expect(older.scores.get("")?.count[scoreBinOf(0.00045)]).toBe(2);
  expect(older.scores.get("")?.count[scoreBinOf(0.3)]).toBe(1);
  const fresh = emptyScores();
  for (const score of [0.0001, 0.0015, 0.9995]) addScore(fresh, score);
  const merged = mergeStates([older, { rows: 3, features: [], scores: new Map([["", fresh]]) }]);
  const packed = packState(merged);
  const { scores } = unpackState(packed);
  for (const key of ["count", "sum", "sumSquares"] as const) {
    const [kept, before] = [scores.get("")?.[key], merged.scores.get("")?.[key]];
    kept?.forEach((value, bin) => {
      expect(value).toBeCloseTo(before?.[bin] as number, 7);
    });
  }
  // The older release reads the same bytes up to where its layout ends.
  const layout = packedBefore([0.0004, 0.0005, 0.3, 1, 0.0001, 0.0015, 0.9995]);
  expect(packed.subarray(0, 6)).toEqual(layout.subarray(0, 6));
  expect(packed.length).toBeGreaterThan(layout.length);
});

test("adds packed states to another as if each were unpacked first", () => {
  const states = [0, 1].map((seed) => {
    const random = seededRandom(seed);
    const state = emptyState(features);
    const scores = [emptyScores(), emptyScores()] as const;
    for (let row = 0; row < 500; row += 1) {
      addValue(state.features[0] as NonNullable<SpanState["features"][number]>, amount, random() * 20);
      for (const score of scores) addScore(score, random() ** 4);
    }
    return packState({
      ...state,
      rows: 500,
      scores: new Map(Object.entries({ a: scores[0], [`b${seed}`]: scores[1] })),
    });
  });
  for (const wanted of [{}, { features: new Set<number>() }, { scores: false }]) {
    const added: SpanState = { rows: 0, features: [], scores: new Map() };
    for (const packed of states) addPacked(added, packed, wanted);
    expect(added).toEqual(mergeStates(states.map((packed) => unpackState(packed, wanted))));
  }
});
