import { expect, test } from "vitest";
import { answersOfNewTask } from "./answers-of-new-task.ts";

const control = (kind: "class" | "text", count: number) => ({
  kind,
  classes: Array.from({ length: count }, (_, at) => ({ name: `${at}`, title: `${at}` })),
});
const byDefault = { stop: 0.95, minAnswers: 1, maxAnswers: 5 };

test("expects what the rule takes of classes with newcomers, and what is wanted at least of the others", () => {
  // Two answers that agree: 0.85² + 0.15² / 2 of three classes; the others take three or more.
  const two = 0.85 ** 2 + 0.15 ** 2 / 2;
  const answers = answersOfNewTask(control("class", 3), byDefault, 0.85);
  expect(answers).toBeGreaterThan(2 * two + 3 * (1 - two));
  expect(answers).toBeLessThan(2 * two + 5 * (1 - two));
  expect(answersOfNewTask(control("class", 3), { ...byDefault, stop: 0.8 }, 0.85)).toBe(1);
  expect(answersOfNewTask(control("class", 3), { ...byDefault, minAnswers: 3, maxAnswers: 3 }, 0.85)).toBe(3);
  expect(answersOfNewTask(control("text", 0), { ...byDefault, minAnswers: 2 }, 0.85)).toBe(2);
  expect(answersOfNewTask(control("class", 1000), { ...byDefault, maxAnswers: 20 }, 0.85)).toBeLessThan(3);
});
