import { expect, test } from "vitest";
import type { Tensor } from "./tensor.ts";
import { isUnsure, verdictOf } from "./verdict.ts";

const float = (name: string, shape: number[], data: number[]): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  data: new Float32Array(data),
});
const text = (data: string[]): Tensor => ({ name: "label", datatype: "BYTES", shape: [data.length], data });
const rule = { output: null, below: 0.8 };

test("reports low confidence when the top probability of any row is below the threshold, not at it", () => {
  expect(isUnsure([float("p", [1, 3], [0.1, 0.7, 0.2])], rule)).toBe(true);
  expect(isUnsure([float("p", [1, 3], [0.1, 0.85, 0.05])], rule)).toBe(false);
  expect(isUnsure([float("p", [2, 2], [0.9, 0.1, 0.4, 0.6])], rule)).toBe(true);
  expect(isUnsure([float("p", [1, 2], [0.5, 0.5])], { output: null, below: 0.5 })).toBe(false);
});

test("checks the first output with probabilities unless the rule names one", () => {
  const outputs = [float("margin", [1, 2], [-3, 8]), float("p", [1, 2], [0.6, 0.4]), float("q", [1, 2], [0.95, 0.05])];
  expect(isUnsure(outputs, rule)).toBe(true);
  expect(isUnsure(outputs, { ...rule, output: "q" })).toBe(false);
  expect(isUnsure(outputs, { ...rule, output: "none" })).toBe(false);
});

test("treats one probability per row as the second of two classes if the rule names the output", () => {
  const named = { output: "p", below: 0.8 };
  expect(isUnsure([float("p", [2, 1], [0.05, 0.9])], named)).toBe(false);
  expect(isUnsure([float("p", [2], [0.05, 0.6])], named)).toBe(true);
  expect(isUnsure([float("p", [2, 1], [0.05, 0.6])], rule)).toBe(false);
});

test("treats NaN as low confidence, and an output without rows as not low", () => {
  expect(isUnsure([float("p", [1, 2], [Number.NaN, Number.NaN])], { output: "p", below: 0.1 })).toBe(true);
  expect(isUnsure([float("p", [0, 2], [])], { output: "p", below: 1 })).toBe(false);
});

test("reads FP16 as numbers instead of bits", () => {
  const halves = new Float16Array([0.25, 0.75]);
  const tensor: Tensor = { name: "p", datatype: "FP16", shape: [1, 2], data: new Uint16Array(halves.buffer) };
  expect(verdictOf([tensor], ["no", "yes"], null)).toEqual({ answer: "yes", outputIndex: 1, confidence: 0.75 });
});

test("returns the most probable class by name and index, or a text output as the label", () => {
  const shares = float("p", [1, 3], [0.25, 0.5, 0.25]);
  expect(verdictOf([shares], ["a", "b", "c"], null)).toEqual({ answer: "b", outputIndex: 1, confidence: 0.5 });
  expect(verdictOf([shares], undefined, null)).toMatchObject({ answer: "1", outputIndex: 1 });
  expect(verdictOf([text(["cat"]), shares], undefined, null)).toEqual({
    answer: "cat",
    outputIndex: null,
    confidence: 0.5,
  });
  const whole: Tensor = { name: "label", datatype: "INT64", shape: [1], data: new BigInt64Array([7n]) };
  expect(verdictOf([whole], undefined, null)).toEqual({ answer: "7", outputIndex: null, confidence: null });
});

test("returns no comparable prediction for several rows or plain numbers", () => {
  expect(verdictOf([text(["cat", "dog"])], undefined, null).answer).toBeNull();
  expect(verdictOf([float("p", [2, 2], [0.9, 0.1, 0.2, 0.8])], undefined, null)).toEqual({
    answer: null,
    outputIndex: null,
    confidence: expect.closeTo(0.8, 5),
  });
  expect(verdictOf([float("minutes", [1, 1], [12.5])], undefined, null)).toEqual({
    answer: null,
    outputIndex: null,
    confidence: null,
  });
});
