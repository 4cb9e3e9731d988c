import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { expectedFurtherAnswers } from "./expected-answers.ts";
import { simulateOverlap } from "./simulate-overlap.ts";

const rule = { stop: 0.95, minAnswers: 1, maxAnswers: 5 };
const fifths = { posterior: [0.2, 0.2, 0.2, 0.2, 0.2], answers: 0 };

test.each([0.6, 0.75, 0.85, 0.94])("is the number of answers that simulated tasks take: accuracy %f", (accuracy) => {
  const accuracies = Array.from({ length: 5 }, () => accuracy);
  const plan = { items: 20_000, classes: 5, accuracies, golds: null, rule };
  const { answers } = simulateOverlap(plan, seededRandom(3));
  expect(Math.abs(expectedFurtherAnswers(fifths, accuracy, rule) - answers)).toBeLessThan(0.03);
});

test("is 0 for a decided task, and exact where the next answer decides", () => {
  expect(expectedFurtherAnswers({ posterior: [0.96, 0.04], answers: 1 }, 0.8, rule)).toBe(0);
  expect(expectedFurtherAnswers({ posterior: [0.5, 0.5], answers: 5 }, 0.8, rule)).toBe(0);
  expect(expectedFurtherAnswers({ posterior: [0.5, 0.5], answers: 4 }, 0.8, rule)).toBe(1);
  // Both agree with 0.9² + 0.1²; else one more answer decides, and a fourth where it does not.
  const two = expectedFurtherAnswers({ posterior: [0.5, 0.5], answers: 0 }, 0.9, { ...rule, maxAnswers: 3 });
  expect(two).toBeCloseTo(2 + 2 * 0.9 * 0.1, 12);
});

test("follows many classes without trying each", () => {
  const alike = Array.from({ length: 1000 }, () => 0.001);
  const different = alike.map((share, at) => share * (1 + (at - 499.5) / 1e4));
  const further = expectedFurtherAnswers({ posterior: alike, answers: 0 }, 0.8, rule);
  expect(further).toBeGreaterThan(1);
  expect(expectedFurtherAnswers({ posterior: different, answers: 0 }, 0.8, rule)).toBeCloseTo(further, 2);
});

test("rejects more answers than can be followed", () => {
  expect(() => expectedFurtherAnswers(fifths, 0.8, { ...rule, maxAnswers: 9 })).toThrow("8 answers");
});
