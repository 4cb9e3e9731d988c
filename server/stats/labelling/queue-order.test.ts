import { expect, test } from "vitest";
import { type Random, seededRandom } from "../random.ts";
import { driftFactor, labelGain, queueRank, unlabelledGain } from "./queue-rank.ts";
import { disagreementOf, uncertaintyOf, uncertaintyPercentile } from "./uncertainty.ts";

interface Item {
  probabilities: number[];
  truth: number;
  /** The label: wrong for one item in twenty. */
  label: number;
  isCorrect: boolean;
}

const classes = 5;

/** Draws items of a model that is correct in nine of ten: exponential scores, the true class 3 higher. */
function drawnItems(random: Random, count: number): Item[] {
  return Array.from({ length: count }, () => {
    const truth = Math.floor(random() * classes);
    const scores = Array.from({ length: classes }, (_, k) => -Math.log(1 - random()) + (k === truth ? 3 : 0));
    const sum = scores.reduce((total, score) => total + score, 0);
    const probabilities = scores.map((score) => score / sum);
    const other = (truth + 1 + Math.floor(random() * (classes - 1))) % classes;
    const label = random() < 0.05 ? other : truth;
    return { probabilities, truth, label, isCorrect: probabilities.indexOf(Math.max(...probabilities)) === truth };
  });
}

/** Returns the items with the largest values, as a share of all. */
function firstOf(items: readonly Item[], share: number, valueOfItem: (item: Item) => number): Item[] {
  const ranked = items.map((item) => ({ item, value: valueOfItem(item) })).sort((a, b) => b.value - a.value);
  return ranked.slice(0, share * items.length).map(({ item }) => item);
}

const nothing = { label: null, disagreement: 0, classNoise: [] };
const noise = ({ probabilities, label }: Item) => labelGain(probabilities, { ...nothing, label });
const uncertainty = ({ probabilities }: Item) => labelGain(probabilities, nothing);

test("finds wrong labels by noise, half of them by noise times uncertainty, and none by uncertainty", () => {
  const random = seededRandom(17);
  const items = drawnItems(random, 20_000);
  const isWrong = ({ label, truth }: Item) => label !== truth;
  const wrong = items.filter(isWrong).length;
  const found = (of: (item: Item) => number) => firstOf(items, 0.05, of).filter(isWrong).length / wrong;
  // docs/spec/labelling.md section 9.6 quotes these.
  expect(found(noise)).toBeCloseTo(0.848, 3);
  expect(found((item) => noise(item) * uncertainty(item))).toBeCloseTo(0.408, 3);
  expect(found(uncertainty)).toBeCloseTo(0.048, 3);
  expect(found(() => random())).toBeLessThan(0.07);
});

test("measures a model by chosen items as far worse than it is, and by random ones as it is", () => {
  const random = seededRandom(18);
  const items = drawnItems(random, 20_000);
  const accuracy = (of: readonly Item[]) => of.filter(({ isCorrect }) => isCorrect).length / of.length;
  expect(accuracy(items)).toBeCloseTo(0.906, 3);
  expect(accuracy(firstOf(items, 0.1, uncertainty))).toBeCloseTo(0.5925, 3);
  expect(Math.abs(accuracy(firstOf(items, 0.1, () => random())) - accuracy(items))).toBeLessThan(0.02);
});

test("serves equal items by weight and drift, and twins after others", () => {
  const rankOf = (evidence: Partial<Parameters<typeof queueRank>[0]>) =>
    queueRank({ gain: 0.5, drift: [], weight: 1, twins: 0, ...evidence }).rank;
  const plain = rankOf({});
  expect(rankOf({ weight: 5 })).toBeLessThan(plain);
  expect(rankOf({ drift: [{ importance: 0.2, densityRatio: 2 }] })).toBeLessThan(plain);
  expect(rankOf({ drift: [{ importance: 0.2, densityRatio: 0 }] })).toBe(plain);
  expect([0, 1, 2, 3].map((twins) => rankOf({ twins }))).toEqual(
    [0, 1, 2, 3].map((twins) => rankOf({ twins })).toSorted((a, b) => a - b),
  );
  // Nothing is ranked below the smallest priority, so ranks stay finite.
  expect(rankOf({ gain: 0 })).toBeCloseTo(-Math.log(1e-6), 12);
  expect(rankOf({ weight: -1 })).toBe(rankOf({ weight: 0.1 }));
});

test("ranks other kinds of tasks by where their uncertainty lies among recent ones", () => {
  const recent = Float64Array.of(1, 2, 2, 2, 9);
  expect([0, 1, 2, 5, 9, 10].map((value) => uncertaintyPercentile(value, recent))).toEqual([0, 0.1, 0.5, 0.8, 0.9, 1]);
  expect(uncertaintyPercentile(3, new Float64Array(0))).toBe(0.5);
  expect(unlabelledGain({ uncertainty: 0.8, disagreement: 0.2, noise: 0.5 })).toBeCloseTo(0.9, 12);
  expect(() => unlabelledGain({ uncertainty: 1.1, disagreement: 0, noise: 0 })).toThrow("shares");
});

test("accepts probabilities that rounding to 32 bits put above 1", () => {
  const above = 1 + 1e-7;
  expect(uncertaintyOf([above, 0])).toEqual({ lowConfidence: 0, margin: 0, entropy: 0, ratio: 0 });
  expect(labelGain([above, 0], nothing)).toBe(0);
  expect(labelGain([above, 0], { ...nothing, label: 1 })).toBeCloseTo(1, 6);
  expect(() => uncertaintyOf([1.01, 0])).toThrow("from 0 to 1");
});

test("takes the largest of uncertainty and disagreement, and refuses shares that are none", () => {
  expect(disagreementOf("cat", ["cat", "dog", "dog", "cat"])).toBe(0.5);
  expect(disagreementOf("cat", [])).toBe(0);
  expect(labelGain([0.9, 0.1], { ...nothing, disagreement: 0.5 })).toBe(0.5);
  expect(() => labelGain([0.9, 0.1], { ...nothing, disagreement: 2 })).toThrow("shares");
  expect(() => labelGain([0.9, 0.1], { ...nothing, label: 2 })).toThrow("classes");
  expect(() => uncertaintyOf([])).toThrow("at least one class");
  expect(() => driftFactor([{ importance: Number.NaN, densityRatio: 1 }])).toThrow("finite");
  expect(() => queueRank({ gain: 1, drift: [], weight: 1, twins: -1 })).toThrow("twins");
});
