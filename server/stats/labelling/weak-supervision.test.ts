import { expect, test } from "vitest";
import { goldenDraws } from "../estimation/lcg-testing.ts";
import { seededRandom } from "../random.ts";
import { largestClass } from "./class-probabilities.ts";
import { parity } from "./golden-parity-testing.ts";
import { evenTable, makeVotes } from "./made-votes.ts";
import type { Votes } from "./votes.ts";
import { votesOf } from "./votes-testing.ts";
import { correlatedRules, ruleShares, weakLabels } from "./weak-supervision.ts";

/** Generates the votes of a case, by the recipe of the golden file. */
function generated({
  seed,
  rows,
  accuracy,
  coverage,
}: {
  seed: number;
  rows: number;
  accuracy: number[];
  coverage: number[];
}) {
  const u = goldenDraws(seed);
  const actual: number[] = [];
  const votes: (number | null)[][] = [];
  for (let row = 0; row < rows; row += 1) {
    const y = u() < 0.6 ? 0 : 1;
    actual.push(y);
    votes.push(accuracy.map((share, rule) => (u() >= (coverage[rule] as number) ? null : u() < share ? y : 1 - y)));
  }
  return { actual, votes };
}

/** Returns the class with most votes of each item, −1 for a tie or none. */
function majorityOf({ items, classes, item, given }: Votes): number[] {
  return Array.from({ length: items }, (_, i) => {
    const counts = Array.from(
      { length: classes },
      (__, k) => given.filter((one, vote) => item[vote] === i && one === k).length,
    );
    const most = Math.max(...counts);
    return most > 0 && counts.indexOf(most) === counts.lastIndexOf(most) ? counts.indexOf(most) : -1;
  });
}

parity("weak_supervision", ({ input, expected }, close) => {
  const made = input.generated && generated(input.generated);
  const table = (made?.votes ?? input.votes).map((row: (number | null)[]) =>
    row.map((one) => (one === -1 ? null : one)),
  );
  const votes = votesOf(table, { isByItem: true, classes: input.classes });
  const { posterior, accuracy } = weakLabels(votes, input.prior);
  const rows = Array.from({ length: votes.items }, (_, i) =>
    posterior.subarray(i * input.classes, (i + 1) * input.classes),
  );
  close(accuracy, expected.accuracy);
  if (!made) {
    const shares = ruleShares(votes);
    close(
      shares.map(({ coverage }) => coverage),
      expected.coverage,
    );
    close(
      shares.map(({ overlap }) => overlap),
      expected.overlaps,
    );
    close(
      shares.map(({ conflict }) => conflict),
      expected.conflicts,
    );
    close(majorityOf(votes), expected.majority);
    return close(rows, expected.posterior);
  }
  close(rows.slice(0, expected.firstPosteriors.length), expected.firstPosteriors);
  const correct = made.actual.filter((y: number, i: number) => largestClass(posterior, 2, 2 * i) === y).length;
  close(correct, expected.right);
  expect(correct).toBeGreaterThan(expected.majorityRight);
});

test("finds rules that are there twice, and none among independent ones", () => {
  const tables = [0.8, 0.75, 0.7].map((accuracy) => evenTable(accuracy, 3));
  const { votes, actual } = makeVotes(tables, { items: 500, perItem: 3, prior: [0.5, 0.3, 0.2] }, seededRandom(6));
  expect(correlatedRules(votes, actual)).toEqual([]);
  const copied = Array.from(votes.item.keys()).filter((vote) => votes.annotator[vote] === 1);
  const columns = (of: Int32Array, own: (vote: number) => number) => Int32Array.from([...of, ...copied.map(own)]);
  const doubled: Votes = {
    ...votes,
    annotators: 4,
    item: columns(votes.item, (vote) => votes.item[vote] as number),
    annotator: columns(votes.annotator, () => 3),
    given: columns(votes.given, (vote) => votes.given[vote] as number),
  };
  expect(correlatedRules(doubled, actual)).toEqual([{ first: 1, second: 3, correlation: 1 }]);
  // Classes that are not known say nothing.
  expect(
    correlatedRules(
      doubled,
      actual.map(() => -1),
    ),
  ).toEqual([]);
});

test("refuses a prior that is none", () => {
  const votes = votesOf([[0, 1]], { isByItem: true, classes: 2 });
  expect(() => weakLabels(votes, [0.5, 0.6])).toThrow("sum of 1");
  expect(() => weakLabels(votes, [1])).toThrow("each of at least two");
});
