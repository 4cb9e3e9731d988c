import { expect, test } from "vitest";
import { ConsistencyTally } from "./consistency-tally.ts";

const same = { problem: undefined, isFlip: false, exceedsTolerance: false, maxDifference: 1e-7, isInvalid: false };

test("counts other classes, numbers beyond the tolerance and NaN as disagreement, with the largest difference overall", () => {
  const tally = new ConsistencyTally();
  for (let at = 0; at < 7; at += 1) tally.noteCompared(`r${at}`, same);
  tally.noteCompared("flip", { ...same, isFlip: true, maxDifference: 0.25 });
  tally.noteCompared("apart", { ...same, exceedsTolerance: true });
  tally.noteCompared("nan", { ...same, isInvalid: true });
  tally.skipped += 2;
  tally.noteProblem("It takes no 'x'.");
  expect(tally.result()).toMatchObject({
    compared: 10,
    disagreeing: 3,
    share: 0.3,
    invalid: 1,
    skipped: 2,
    unanswered: 1,
    largestDifference: 0.25,
    problem: "It takes no 'x'.",
    examples: ["flip", "apart", "nan"],
  });
  expect(tally.result().words).toContain("3 of 10 requests");
});

test("returns the reason and no share if nothing could be compared", () => {
  const tally = new ConsistencyTally();
  tally.noteProblem("It hung.");
  expect(tally.result()).toMatchObject({ share: null, interval: null, words: "Nothing could be compared: It hung." });
});
