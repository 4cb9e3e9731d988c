import { expect, test } from "vitest";
import { isCorrect, predictionOf } from "./shown-prediction.ts";

const labels = ["on time", "delayed"];
const outputs = [{ name: "probabilities", datatype: "FP32", shape: [1, 2], data: [0.2, 0.8] }];

test("returns the most likely class by its label, and its probability", () => {
  expect(predictionOf({ outputs }, labels)).toEqual({ text: "delayed", share: 0.8 });
});

test("shows the first four numbers that are no probabilities unchanged", () => {
  const many = [{ name: "y", datatype: "FP32", shape: [1, 5], data: [1.5, 2, 30, 4, 5] }];
  expect(predictionOf({ outputs: many }, undefined)).toEqual({ text: "1.5, 2, 30, 4, …", share: null });
});

test("returns undefined if the output was not stored", () => {
  expect(predictionOf({ outputs: null }, labels)).toBeUndefined();
  expect(predictionOf({ outputs: [{ name: "y", datatype: "FP32", shape: [1, 9] }] }, labels)).toBeUndefined();
});

test("accepts a label as the name or the number of the class", () => {
  expect(isCorrect({ outputs, label: "delayed" }, labels)).toBe(true);
  expect(isCorrect({ outputs, label: "1" }, labels)).toBe(true);
  expect(isCorrect({ outputs, label: "on time" }, labels)).toBe(false);
  expect(isCorrect({ outputs, label: null }, labels)).toBeUndefined();
});

test("prefers the correctness in the log to that of stored outputs", () => {
  expect(isCorrect({ outputs: null, label: "3", isCorrect: true }, undefined)).toBe(true);
  expect(isCorrect({ outputs, label: "delayed", isCorrect: false }, labels)).toBe(false);
  expect(isCorrect({ outputs, label: "delayed", isCorrect: null }, labels)).toBe(true);
});
