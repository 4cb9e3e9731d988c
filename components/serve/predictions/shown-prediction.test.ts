import { expect, test } from "vitest";
import { isCorrect, predictionOf } from "./shown-prediction.ts";

const labels = ["on time", "delayed"];
const outputs = [{ name: "probabilities", datatype: "FP32", shape: [1, 2], data: [0.2, 0.8] }];

test("the likeliest class by its label, and how sure the model is", () => {
  expect(predictionOf({ outputs }, labels)).toEqual({ text: "delayed", share: 0.8 });
});

test("numbers that are no probabilities are shown as they are, the first four", () => {
  const many = [{ name: "y", datatype: "FP32", shape: [1, 5], data: [1.5, 2, 30, 4, 5] }];
  expect(predictionOf({ outputs: many }, undefined)).toEqual({ text: "1.5, 2, 30, 4, …", share: null });
});

test("nothing is made up when the output was not kept", () => {
  expect(predictionOf({ outputs: null }, labels)).toBeUndefined();
  expect(predictionOf({ outputs: [{ name: "y", datatype: "FP32", shape: [1, 9] }] }, labels)).toBeUndefined();
});

test("a truth may be told by the name of the class or by its number", () => {
  expect(isCorrect({ outputs, label: "delayed" }, labels)).toBe(true);
  expect(isCorrect({ outputs, label: "1" }, labels)).toBe(true);
  expect(isCorrect({ outputs, label: "on time" }, labels)).toBe(false);
  expect(isCorrect({ outputs, label: null }, labels)).toBeUndefined();
});

test("what the log says of a label counts more than what the kept outputs would", () => {
  expect(isCorrect({ outputs: null, label: "3", isCorrect: true }, undefined)).toBe(true);
  expect(isCorrect({ outputs, label: "delayed", isCorrect: false }, labels)).toBe(false);
  expect(isCorrect({ outputs, label: "delayed", isCorrect: null }, labels)).toBe(true);
});
