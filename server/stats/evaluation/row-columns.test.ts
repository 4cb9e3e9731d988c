import { expect, test } from "vitest";
import { checkColumns, classRow, countFailed, emptyColumns, failedAnswer } from "./row-columns.ts";

test("begins with failed rows, which are incorrect", () => {
  const columns = emptyColumns(3, ["words"]);
  expect(() => checkColumns(columns)).not.toThrow();
  expect(countFailed(columns)).toBe(3);
  expect(countFailed(columns, Uint32Array.of(1))).toBe(1);
  columns.correct[0] = 1;
  expect(() => checkColumns(columns)).toThrow("A failed row cannot be correct.");
});

test("rejects numbers that are not finite in rows with an output, and names the row", () => {
  const columns = emptyColumns(2);
  Object.assign(columns.answer, [0, 0]);
  Object.assign(columns.score, [0.5, 0.5]);
  Object.assign(columns.loss, [0.1, Number.NaN]);
  expect(() => checkColumns(columns)).toThrow("Scores and losses must be finite numbers; row 1 has another one.");
  columns.loss[1] = 0.2;
  expect(() => checkColumns(columns)).not.toThrow();
  expect(() => checkColumns({ ...columns, correct: new Uint8Array(1) })).toThrow("must have the same length");
  expect(() => checkColumns({ ...columns, parts: { words: Float32Array.of(1, Number.NaN) } })).toThrow("Parts");
  expect(() => emptyColumns(-1)).toThrow("number of rows");
});

test("evaluates a row: the smallest of equally probable classes, the probability of class 1 of two", () => {
  expect(classRow([0.4, 0.4, 0.2], 1)).toEqual({ answer: 0, score: 0.4, loss: -Math.log(0.4), correct: 0 });
  expect(classRow([0.3, 0.7], 1)).toEqual({ answer: 1, score: 0.7, loss: -Math.log(0.7), correct: 1 });
  expect(classRow([0.3, 0.7], 0)).toMatchObject({ answer: 1, score: 0.7, correct: 0, loss: -Math.log(0.3) });
  expect(classRow([0.7], 0)).toMatchObject({ answer: 1, score: 0.7, correct: 0 });
  expect(classRow([0, 1], 0).loss).toBeCloseTo(-Math.log(1e-15), 9);
  expect(() => classRow([0.5, Number.NaN], 0)).toThrow("Probabilities must be numbers from 0 to 1.");
  expect(() => classRow([0.5, 0.5], 2)).toThrow("The actual class");
  expect(failedAnswer).toBe(65_535);
});
