import { expect, test } from "vitest";
import { annotatorAccuracy, consensusStep } from "./consensus-step.ts";

const rule = { stop: 0.95, minAnswers: 1, maxAnswers: 5 };
const half = [0.5, 0.5];

test("sends an item that two could not decide to review, however sure the votes are", () => {
  const votes = [{ accuracy: 0.98, given: 0 }];
  expect(consensusStep({ votes, prior: half }, rule).decision).toBe("settled");
  expect(consensusStep({ votes, prior: half, unclear: 1 }, rule).decision).toBe("settled");
  expect(consensusStep({ votes, prior: half, unclear: 2 }, rule).decision).toBe("review");
});

test("requires a posterior above the limit, not at it", () => {
  const votes = [{ accuracy: 0.95, given: 0 }];
  expect(consensusStep({ votes, prior: half }, rule).decision).toBe("more");
});

test("does not lose a thousand votes to underflow", () => {
  const votes = Array.from({ length: 1000 }, (_, at) => ({ accuracy: 0.6, given: at % 3 === 0 ? 1 : 0 }));
  const { posterior, label } = consensusStep({ votes, prior: half }, rule);
  expect(posterior[0]).toBeCloseTo(1, 9);
  expect(label).toBe(0);
});

test("names the smallest of equally probable classes", () => {
  const votes = [
    { accuracy: 0.8, given: 2 },
    { accuracy: 0.8, given: 1 },
  ];
  expect(consensusStep({ votes, prior: [1 / 3, 1 / 3, 1 / 3] }, rule)).toMatchObject({ label: 1, decision: "more" });
});

test("keeps a class of no prior impossible, and rejects that all are", () => {
  const votes = [{ accuracy: 0.99, given: 1 }];
  expect(consensusStep({ votes, prior: [1, 0] }, rule).posterior).toEqual([1, 0]);
  expect(() => consensusStep({ votes, prior: [0, 0] }, rule)).toThrow("possible");
  expect(() => consensusStep({ votes: [{ accuracy: 0.9, given: 2 }], prior: half }, rule)).toThrow("for a class");
});

test("holds accuracies between chance and 0.99, from the mean of all on", () => {
  expect(annotatorAccuracy({ correct: 0, seen: 0 }, 0.85, 4)).toBe(0.85);
  expect(annotatorAccuracy({ correct: 0, seen: 100 }, 0.85, 4)).toBe(0.25);
  expect(annotatorAccuracy({ correct: 9999, seen: 9999 }, 0.85, 4)).toBe(0.99);
  expect(() => annotatorAccuracy({ correct: 2, seen: 1 }, 0.85, 4)).toThrow("at most");
});
