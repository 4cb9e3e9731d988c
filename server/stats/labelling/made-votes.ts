import type { Random } from "../random.ts";
import type { Votes } from "./votes.ts";

/** How a simulated annotator answers: probability of each given class by the actual one, `classes` rows. */
export type AnswerTable = readonly (readonly number[])[];

/** Votes whose actual classes are known, because they are simulated. */
export interface MadeVotes {
  votes: Votes;
  actual: Int32Array;
}

/** Makes the table of an annotator who is correct with a probability, and otherwise gives any other class alike. */
export function evenTable(accuracy: number, classes: number): AnswerTable {
  const other = (1 - accuracy) / Math.max(1, classes - 1);
  return Array.from({ length: classes }, (_, actual) =>
    Array.from({ length: classes }, (__, given) => (actual === given ? accuracy : other)),
  );
}

/** Makes the table of an annotator who always gives one class. */
export function constantTable(given: number, classes: number): AnswerTable {
  return Array.from({ length: classes }, () => Array.from({ length: classes }, (_, one) => (one === given ? 1 : 0)));
}

/** Draws a place by its probability, the last one for what is left. */
export function drawFrom(shares: readonly number[], random: Random): number {
  let rest = random();
  for (let at = 0; at < shares.length - 1; at += 1) {
    rest -= shares[at] as number;
    if (rest < 0) return at;
  }
  return Math.max(0, shares.length - 1);
}

/**
 * Simulates the votes of different annotators on items, each drawn alike for each vote.
 * @param prior shares of the classes @param perItem votes of each item, at most as many as annotators
 */
export function makeVotes(
  tables: readonly AnswerTable[],
  { items, perItem, prior }: { items: number; perItem: number; prior: readonly number[] },
  random: Random,
): MadeVotes {
  const votesOfItem = Math.min(perItem, tables.length);
  const length = items * votesOfItem;
  const [item, annotator, given] = [new Int32Array(length), new Int32Array(length), new Int32Array(length)];
  const actual = new Int32Array(items);
  const people = tables.map((_, who) => who);
  for (let at = 0; at < items; at += 1) {
    const own = drawFrom(prior, random);
    actual[at] = own;
    for (let vote = 0; vote < votesOfItem; vote += 1) {
      // The first places of a shuffled list: nobody votes twice.
      const other = vote + Math.floor(random() * (people.length - vote));
      [people[vote], people[other]] = [people[other] as number, people[vote] as number];
      const row = at * votesOfItem + vote;
      item[row] = at;
      annotator[row] = people[vote] as number;
      given[row] = drawFrom(tables[people[vote] as number]?.[own] ?? [], random);
    }
  }
  return {
    votes: { item, annotator, given, items, annotators: tables.length, classes: prior.length },
    actual,
  };
}

/** Computes the share of items whose most probable class is the actual one; the smallest class of equal ones. */
export function shareCorrect(posterior: Float64Array, actual: Int32Array, classes: number): number {
  let correct = 0;
  for (let item = 0; item < actual.length; item += 1) {
    let best = 0;
    for (let one = 1; one < classes; one += 1) {
      if ((posterior[item * classes + one] as number) > (posterior[item * classes + best] as number)) best = one;
    }
    correct += best === actual[item] ? 1 : 0;
  }
  return correct / actual.length;
}
