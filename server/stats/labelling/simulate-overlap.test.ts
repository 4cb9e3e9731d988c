import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { type OverlapPlan, simulateOverlap } from "./simulate-overlap.ts";

/** 20 annotators who are correct in 70 to 98% of five classes, known by 50 gold answers each. */
const plan: OverlapPlan = {
  items: 20_000,
  classes: 5,
  accuracies: Array.from({ length: 20 }, (_, who) => 0.7 + (0.28 * who) / 19),
  golds: 50,
  rule: { stop: 0.95, minAnswers: 1, maxAnswers: 5 },
};
const always = (answers: number) => ({ stop: 1, minAnswers: answers, maxAnswers: answers });
const run = (changed: Partial<OverlapPlan>) => simulateOverlap({ ...plan, ...changed }, seededRandom(7));

test.each([
  { rule: plan.rule, answers: 2.34, correct: 0.9795 },
  { rule: { ...plan.rule, stop: 0.99 }, answers: 2.93, correct: 0.9909 },
  { rule: always(3), answers: 3, correct: 0.9561 },
  { rule: always(5), answers: 5, correct: 0.9909 },
  { rule: plan.rule, model: 0.85, answers: 1.49, correct: 0.9863 },
])(
  "takes as many answers for as many correct labels as the specification says: $answers",
  ({ answers, correct, ...changed }) => {
    const found = run(changed);
    expect(Math.abs(found.answers - answers)).toBeLessThan(0.06);
    expect(Math.abs(found.correct - correct)).toBeLessThan(0.005);
  },
);

test("keeps what it says of settled items: at least as many correct as the limit", () => {
  for (const stop of [0.9, 0.95, 0.99]) {
    expect(run({ rule: { ...plan.rule, stop } }).correctSettled).toBeGreaterThan(stop);
    expect(run({ golds: 0, rule: { ...plan.rule, stop } }).correctSettled).toBeGreaterThan(stop);
  }
});

test("is too sure of items that everyone confuses alike, which the posterior cannot know", () => {
  const found = run({ hard: { share: 0.1, accuracy: 0.4 } });
  expect(found.correctSettled).toBeLessThan(0.95);
  expect(found.correctSettled).toBeGreaterThan(0.9);
});

test("needs an annotator for each answer", () => {
  expect(() => run({ accuracies: [0.8, 0.9] })).toThrow("an annotator for each answer");
});
