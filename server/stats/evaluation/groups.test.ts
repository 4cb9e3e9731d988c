import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { gapByChance, groupBootstrap } from "./group-bootstrap.ts";
import { evaluateGroups, groupRatios, groupShares } from "./groups.ts";
import { ratioMetrics } from "./ratio-metrics.ts";
import { emptyColumns } from "./row-columns.ts";

const marks = (rows: number, hits: number) => Uint8Array.from({ length: rows }, (_, row) => (row < hits ? 1 : 0));

test("lists groups of fewer than 30 rows and does not evaluate them", () => {
  const truth = new Uint8Array(89).fill(1);
  const answer = Uint8Array.from(truth, (_, row) => (row < 29 ? 0 : 1));
  const group = Uint8Array.from(truth, (_, row) => (row < 29 ? 0 : row < 59 ? 1 : 2));
  const names = ["a", "b", "c"];
  const { groups } = groupShares(truth, answer, group, names);
  expect(groups.map(({ isSmall, rows }) => [rows, isSmall])).toEqual([
    [29, true],
    [30, false],
    [30, false],
  ]);
  const verdict = evaluateGroups({ truth, answer, group, names }, { metric: "accuracy", maxDifference: 0.1 });
  expect(verdict).toMatchObject({ isUnfair: false, small: [{ name: "a", rows: 29 }] });
});

test("finds no difference where no group has a denominator, and refuses unknown groups and classes", () => {
  const none = groupShares([0, 0], [1, 0], [0, 1], ["a", "b"]);
  expect(none.between.truePositiveRate).toBeNull();
  expect(none.equalizedOddsDifference).toBeNull();
  expect(groupShares([], [], [], []).groups).toEqual([]);
  expect(() => groupShares([0], [1], [1], ["a"])).toThrow("Every group must have a name.");
  expect(() => groupShares([Number.NaN], [1], [0], ["a"])).toThrow("Classes must be 0 or 1.");
});

test("draws large groups as binomial counts with the same interval", () => {
  const small = groupBootstrap([marks(2_000, 1_200), marks(2_000, 1_000)], { resamples: 3_000 });
  const large = groupBootstrap([marks(200_000, 120_000), marks(200_000, 100_000)], { resamples: 3_000 });
  const width = ({ interval }: typeof small) => (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width(small) / width(large)).toBeGreaterThan(9);
  expect(width(small) / width(large)).toBeLessThan(11);
  expect(large.difference).toBeCloseTo(0.1, 12);
  expect(groupBootstrap([[], []])).toEqual({ difference: null, interval: null });
  expect(() => groupBootstrap([[Number.NaN]])).toThrow("Hits must be 0 or 1.");
});

test("expects a difference between equal groups, and less than 5% of such sets exceed its limit", () => {
  const rows = Array.from({ length: 8 }, () => 30);
  const chance = gapByChance(rows, 0.8);
  // docs/spec/fairness.md section 2: 22 points on average.
  expect(chance?.mean).toBeCloseTo(0.21, 1.5);
  const random = seededRandom(77);
  let above = 0;
  for (let round = 0; round < 2_000; round += 1) {
    const shares = rows.map((count) => binomialFrom(count, 0.8, random) / count);
    if (Math.max(...shares) - Math.min(...shares) > (chance?.limit ?? 1) + 1e-9) above += 1 / 2_000;
  }
  expect(above).toBeLessThan(0.06);
  expect(gapByChance([30], 0.8)).toBeNull();
});

test("cuts a ratio metric by group with a bootstrap within groups", () => {
  const columns = emptyColumns(200, ["wordErrors", "words"]);
  columns.answer.fill(0);
  columns.score.fill(0);
  columns.loss.fill(0);
  const { wordErrors, words } = columns.parts as { wordErrors: Float32Array; words: Float32Array };
  words.fill(10);
  wordErrors.forEach((_, row) => {
    wordErrors[row] = row < 100 ? row % 3 : row % 5;
  });
  const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, at) => from + at);
  const found = groupRatios(columns, ratioMetrics.wordErrorRate, [
    { name: "north", rows: range(0, 100) },
    { name: "south", rows: range(100, 195) },
    { name: "few", rows: range(195, 200) },
  ]);
  expect(found.groups.map(({ name, isSmall }) => [name, isSmall])).toEqual([
    ["north", false],
    ["south", false],
    ["few", true],
  ]);
  expect(found.difference).toBeCloseTo(0.2 - 0.099, 9);
  expect(found.interval?.low).toBeGreaterThan(0.05);
  expect(found.interval?.high).toBeLessThan(0.15);
  expect(groupRatios(columns, ratioMetrics.wordErrorRate, []).difference).toBeNull();
});
