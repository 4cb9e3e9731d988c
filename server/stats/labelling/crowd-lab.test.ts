import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "../random.ts";
import { activeLab } from "./active-lab.ts";
import { largestClass } from "./class-probabilities.ts";
import { crowdLab } from "./crowd-lab.ts";
import { evenTable, makeVotes, shareCorrect } from "./made-votes.ts";
import { majorityVote } from "./majority-vote.ts";
import { atTemperature, voteTemperature } from "./temperature.ts";
import { votesOf } from "./votes-testing.ts";

const classes = 4;
const prior = [0.4, 0.3, 0.2, 0.1];

/** Draws the probabilities of a model whose logits are normal, for items of known classes; calibrated at a sharpness of 1. */
function modelOf(actual: Int32Array, random: Random, sharpness = 1) {
  const signal = 2.2;
  const values = new Float64Array(actual.length * classes);
  actual.forEach((own, item) => {
    const logits = prior.map((_, k) => sharpness * signal * (normalFrom(random) + (k === own ? signal : 0)));
    const most = Math.max(...logits);
    const powers = logits.map((one) => Math.exp(one - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    values.set(
      powers.map((power) => power / sum),
      item * classes,
    );
  });
  return { values, classes };
}

test("is correct more often than the majority, and lets who answers by chance and a useless model count for nothing", () => {
  const random = seededRandom(11);
  const accuracies = [0.9, 0.85, 0.8, 0.75, 0.25, 0.25];
  const tables = accuracies.map((accuracy) => evenTable(accuracy, classes));
  const { votes, actual } = makeVotes(tables, { items: 3000, perItem: 3, prior }, random);
  const model = modelOf(actual, random);
  const share = (labels: Int32Array) => labels.filter((label, item) => label === actual[item]).length / actual.length;
  const majority = share(majorityVote(votes).label);
  const found = crowdLab(votes, model);
  if (!found) throw new Error("CROWDLAB found nothing.");
  expect(share(found.consensus)).toBeGreaterThan(majority + 0.1);
  expect(Math.abs(shareCorrect(found.posterior, actual, classes) - share(found.consensus))).toBeLessThan(0.02);
  const weights = Array.from(found.annotatorWeights);
  expect(Math.max(...weights.slice(4))).toBeLessThan(Math.min(...weights.slice(0, 4)));
  const useless = { values: new Float64Array(votes.items * classes).fill(1 / classes), classes };
  const alone = crowdLab(votes, useless);
  expect(alone?.modelWeight).toBeLessThan(0.01);
  expect(share(alone?.consensus as Int32Array)).toBeGreaterThan(majority);
});

test("gives the wrong consensus labels the lowest quality", () => {
  const random = seededRandom(12);
  const tables = Array.from({ length: 5 }, () => evenTable(0.75, classes));
  const { votes, actual } = makeVotes(tables, { items: 2000, perItem: 2, prior }, random);
  const found = crowdLab(votes, modelOf(actual, random));
  if (!found) throw new Error("CROWDLAB found nothing.");
  const order = Array.from(found.quality.keys()).sort(
    (a, b) => (found.quality[a] as number) - (found.quality[b] as number),
  );
  const wrong = (items: number[]) => items.filter((item) => found.consensus[item] !== actual[item]).length;
  expect(wrong(order.slice(0, 400)) / wrong(order)).toBeGreaterThan(0.6);
  expect(wrong(order.slice(1000)) / wrong(order)).toBeLessThan(0.05);
});

test("cools an overconfident model, warms an unsure one, and leaves it with fewer than 50 shared items", () => {
  const random = seededRandom(13);
  const tables = Array.from({ length: 4 }, () => evenTable(0.98, classes));
  const { votes, actual } = makeVotes(tables, { items: 1000, perItem: 2, prior }, random);
  expect(voteTemperature(votes, modelOf(actual, random, 3))).toBeGreaterThan(2);
  expect(voteTemperature(votes, modelOf(actual, random, 0.3))).toBeLessThan(0.5);
  expect(voteTemperature(votes, modelOf(actual, random))).toBeCloseTo(1.1, 0.5);
  const few = votesOf(
    Array.from({ length: 49 }, () => [0, 0]),
    { isByItem: true, classes },
  );
  const model = {
    values: Float64Array.from({ length: 49 * classes }, (_, at) => (at % classes === 0 ? 0.7 : 0.1)),
    classes,
  };
  expect(voteTemperature(few, model)).toBe(1);
  expect(voteTemperature(few, model, 49)).toBe(0.1);
  const cooled = atTemperature({ values: Float64Array.of(0.9, 0.1, 1, 0), classes: 2 }, 2);
  expect(Array.from(cooled.values.subarray(0, 2))).toEqual([expect.closeTo(0.75, 12), expect.closeTo(0.25, 12)]);
  expect(cooled.values[3]).toBeLessThan(1e-14);
});

test("asks again where labels are doubtful, and anew where the model is unsure", () => {
  const random = seededRandom(14);
  const tables = Array.from({ length: 4 }, () => evenTable(0.8, classes));
  const { votes, actual } = makeVotes(tables, { items: 1000, perItem: 2, prior }, random);
  const model = modelOf(actual, random);
  const fresh = Int32Array.from({ length: 1000 }, () => Math.floor(random() * classes));
  const unlabelled = modelOf(fresh, random);
  const scores = activeLab({ votes, probabilities: model }, unlabelled);
  const lowest = (of: Float64Array) => Array.from(of.keys()).sort((a, b) => (of[a] as number) - (of[b] as number));
  const consensus = crowdLab(votes, model)?.consensus as Int32Array;
  const wrong = (items: number[]) => items.filter((item) => consensus[item] !== actual[item]).length / items.length;
  const again = lowest(scores.labelled);
  expect(wrong(again.slice(0, 100))).toBeGreaterThan(5 * wrong(again.slice(500)));
  const missed = (items: number[]) =>
    items.filter((item) => largestClass(unlabelled.values, classes, item * classes) !== fresh[item]).length;
  const anew = lowest(scores.unlabelled);
  expect(missed(anew.slice(0, 200))).toBeGreaterThan(missed(anew.slice(200)));
  // A second label costs as much as a first, so an item without any comes before one with two alike.
  const mean = (of: Float64Array) => of.reduce((sum, one) => sum + one, 0) / of.length;
  expect(mean(scores.unlabelled)).toBeLessThan(mean(scores.labelled));
});

test("says nothing without an item of two votes, and refuses what does not fit", () => {
  const votes = votesOf(
    [
      [0, null],
      [null, 1],
    ],
    { isByItem: true, classes: 2 },
  );
  const model = { values: Float64Array.of(0.9, 0.1, 0.2, 0.8), classes: 2 };
  expect(crowdLab(votes, model)).toBeNull();
  expect(() => crowdLab(votes, { values: model.values.subarray(2), classes: 2 })).toThrow("Each item");
  expect(() => crowdLab({ ...votes, items: 3 }, { ...model, values: new Float64Array(6) })).toThrow("must have a vote");
  expect(() => crowdLab({ ...votes, classes: 1 }, { values: Float64Array.of(1, 1), classes: 1 })).toThrow(
    "at least two",
  );
  expect(() => atTemperature(model, 0)).toThrow("temperature");
});

test("weighs 10,000 items with 50 annotators in a moment", () => {
  const random = seededRandom(15);
  const tables = Array.from({ length: 50 }, () => evenTable(0.8, classes));
  const { votes, actual } = makeVotes(tables, { items: 10_000, perItem: 5, prior }, random);
  const model = modelOf(actual, random);
  const startedAt = performance.now();
  expect(crowdLab(votes, model)?.consensus).toHaveLength(10_000);
  // 0.3 s is the goal; this only notices what grows with the square of something.
  expect(performance.now() - startedAt).toBeLessThan(3000);
});
