import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { dawidSkene, dawidSkeneSteps, fitsDawidSkene } from "./dawid-skene.ts";
import { type AnswerTable, constantTable, evenTable, type MadeVotes, makeVotes, shareCorrect } from "./made-votes.ts";
import { majorityVote } from "./majority-vote.ts";
import { votesOf } from "./votes-testing.ts";

const majorityCorrect = ({ votes, actual }: MadeVotes) =>
  majorityVote(votes).label.filter((label, item) => label === actual[item]).length / actual.length;

function made(tables: AnswerTable[], items: number, prior: number[], seed: number): MadeVotes {
  return makeVotes(tables, { items, perItem: 3, prior }, seededRandom(seed));
}

const people = (count: number, low: number, high: number, classes: number) =>
  Array.from({ length: count }, (_, who) => evenTable(low + ((high - low) * who) / (count - 1), classes));

const fifths = [0.2, 0.2, 0.2, 0.2, 0.2];

test("finds the confusion of each annotator and more classes than a majority does", () => {
  const tables = people(12, 0.6, 0.98, 5);
  const of = made(tables, 4000, fifths, 1);
  const { posterior, confusion, prior } = dawidSkene(of.votes);
  expect(shareCorrect(posterior, of.actual, 5)).toBeGreaterThan(majorityCorrect(of) + 0.005);
  for (const [who, table] of tables.entries()) {
    for (let actual = 0; actual < 5; actual += 1) {
      const found = confusion[(who * 5 + actual) * 5 + actual] as number;
      expect(Math.abs(found - (table[actual]?.[actual] as number))).toBeLessThan(0.12);
    }
  }
  for (const share of prior) expect(Math.abs(share - 0.2)).toBeLessThan(0.03);
});

test("turns an adversary's answers round, which a majority cannot", () => {
  const of = made([evenTable(0.05, 2), ...people(5, 0.84, 0.86, 2)], 1000, [0.5, 0.5], 3);
  const { posterior, confusion } = dawidSkene(of.votes);
  expect(majorityCorrect(of)).toBeLessThan(0.86);
  expect(shareCorrect(posterior, of.actual, 2)).toBeGreaterThan(0.93);
  expect(confusion[1 * 2 + 0]).toBeGreaterThan(0.9);
});

test("gives an annotator who always says the same no say", () => {
  const of = made([constantTable(0, 2), ...people(5, 0.84, 0.86, 2)], 1000, [0.5, 0.5], 4);
  const { posterior, confusion } = dawidSkene(of.votes);
  expect(shareCorrect(posterior, of.actual, 2)).toBeGreaterThanOrEqual(majorityCorrect(of) - 0.01);
  expect(Array.from(confusion.subarray(0, 4))).toEqual([1, 1, 0, 0]);
});

test("finds a class of 2% better than a majority does", () => {
  const of = made(people(10, 0.8, 0.935, 2), 3000, [0.98, 0.02], 5);
  const { posterior, prior } = dawidSkene(of.votes);
  expect(shareCorrect(posterior, of.actual, 2)).toBeGreaterThan(majorityCorrect(of) + 0.02);
  expect(prior[1]).toBeLessThan(0.06);
});

test("trusts nobody after a few votes that happen to agree: with the floor it is not worse than a majority", () => {
  const shares = { majority: 0, plain: 0, floor: 0 };
  for (let seed = 1; seed <= 8; seed += 1) {
    const of = made(people(200, 0.6, 0.98, 5), 500, fifths, seed);
    shares.majority += majorityCorrect(of) / 8;
    shares.plain += shareCorrect(dawidSkene(of.votes).posterior, of.actual, 5) / 8;
    shares.floor += shareCorrect(dawidSkene(of.votes, { hasFloor: true }).posterior, of.actual, 5) / 8;
  }
  expect(shares.plain).toBeLessThan(shares.majority - 0.05);
  expect(shares.floor).toBeGreaterThan(shares.majority - 0.015);
});

test("decides ties of two votes by who is more often correct, which a majority cannot", () => {
  const of = makeVotes(people(8, 0.6, 0.98, 3), { items: 3000, perItem: 2, prior: [0.4, 0.3, 0.3] }, seededRandom(3));
  const tied = majorityVote(of.votes);
  expect(shareCorrect(dawidSkene(of.votes).posterior, of.actual, 3)).toBeGreaterThan(majorityCorrect(of) + 0.03);
  expect(tied.undecided.length).toBeLessThan(20);
});

test("finds nearly as many classes with a third of the votes missing", () => {
  const { votes, actual } = made(people(12, 0.6, 0.98, 5), 4000, fifths, 9);
  const random = seededRandom(1);
  const kept = Array.from(votes.item.keys()).filter(() => random() < 2 / 3);
  const some = {
    ...votes,
    item: Int32Array.from(kept, (row) => votes.item[row] as number),
    annotator: Int32Array.from(kept, (row) => votes.annotator[row] as number),
    given: Int32Array.from(kept, (row) => votes.given[row] as number),
  };
  const { posterior } = dawidSkene(some);
  const voted = new Set(some.item);
  expect(voted.size).toBeLessThan(3950);
  const correct = [...voted].filter((item) => {
    const own = posterior.subarray(5 * item, 5 * item + 5);
    return own.indexOf(Math.max(...own)) === actual[item];
  });
  expect(correct.length / voted.size).toBeGreaterThan(shareCorrect(dawidSkene(votes).posterior, actual, 5) - 0.08);
});

test("leaves annotators of 20 votes as they are", () => {
  const of = made(people(4, 0.8, 0.9, 2), 200, [0.5, 0.5], 2);
  expect(dawidSkene(of.votes, { hasFloor: true })).toEqual(dawidSkene(of.votes));
});

test("keeps items without votes and classes that nobody gave out of everything", () => {
  const { posterior, prior, confusion } = dawidSkene(
    votesOf(
      [
        [0, null, 1, 0],
        [0, null, 1, 0],
      ],
      { classes: 3 },
    ),
  );
  expect(Array.from(posterior.subarray(3, 6))).toEqual([0, 0, 0]);
  expect(prior[0]).toBeCloseTo(2 / 3, 9);
  expect(prior[2]).toBeLessThan(1e-9);
  expect(confusion[2 * 3 + 2]).toBe(0);
});

test("has nothing to say of no votes", () => {
  const none = { item: new Int32Array(), annotator: new Int32Array(), given: new Int32Array() };
  const found = dawidSkene({ ...none, items: 2, annotators: 1, classes: 2 });
  expect(Array.from(found.posterior)).toEqual([0, 0, 0, 0]);
  expect(found.bound).toBe(0);
});

test("yields after each step, with a bound that grows, and returns the same", () => {
  const { votes } = made(people(6, 0.6, 0.9, 3), 300, [0.4, 0.3, 0.3], 8);
  const steps = dawidSkeneSteps(votes);
  const bounds: number[] = [];
  let step = steps.next();
  for (; !step.done; step = steps.next()) bounds.push(step.value);
  expect(bounds.length).toBe(step.value.steps);
  expect(bounds.length).toBeGreaterThan(3);
  for (let at = 1; at < bounds.length; at += 1) expect(bounds[at] as number).toBeGreaterThan(bounds[at - 1] as number);
  expect(step.value).toEqual(dawidSkene(votes));
});

test("rejects votes and gold that do not fit", () => {
  const votes = votesOf([[0, 1]]);
  expect(() => dawidSkene({ ...votes, classes: 1 })).toThrow("Classes must be");
  expect(() => dawidSkene({ ...votes, item: Int32Array.of(0) })).toThrow("same length");
  expect(fitsDawidSkene({ annotators: 20, classes: 1000 })).toBe(true);
  expect(fitsDawidSkene({ annotators: 21, classes: 1000 })).toBe(false);
  expect(() => dawidSkene({ ...votes, classes: 5000 })).toThrow("20 million");
  expect(() => dawidSkene(votes, { gold: Int32Array.of(0, 2) })).toThrow("Gold must");
});
