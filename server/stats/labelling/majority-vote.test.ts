import { expect, test } from "vitest";
import { majorityVote } from "./majority-vote.ts";
import { votesOf } from "./votes-testing.ts";

test("gives an item without votes no class", () => {
  const { label, undecided } = majorityVote(votesOf([[0, null, 1]], { items: 4 }));
  expect(Array.from(label)).toEqual([0, -1, 1, -1]);
  expect(undecided).toEqual([]);
});

test("takes the smallest class where nothing decides a tie, in any order of the votes", () => {
  const tables = [
    [
      [0, 1],
      [1, 0],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  ];
  for (const table of tables) {
    expect(majorityVote(votesOf(table))).toEqual({ label: Int32Array.of(0, 0), undecided: [0, 1] });
  }
});

test("follows the model only in ties, and only among tied classes", () => {
  const probabilities = Float64Array.of(0, 0.1, 0.9, 0, 0.9, 0.1);
  const { label } = majorityVote(
    votesOf(
      [
        [0, 0],
        [0, 1],
        [1, 2],
      ],
      { classes: 3 },
    ),
    probabilities,
  );
  expect(Array.from(label)).toEqual([0, 1]);
});

test("rejects probabilities that do not fit", () => {
  expect(() => majorityVote(votesOf([[0, 1]]), Float64Array.of(1))).toThrow("one probability per class");
});
