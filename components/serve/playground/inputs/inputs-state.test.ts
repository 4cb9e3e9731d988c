import { expect, test } from "vitest";
import { fieldsOf } from "#components/serve/tensors/fields.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { changeInputs, firstState, jsonOf, textOf, unreadyReason } from "./inputs-state.ts";

const specs: TensorSpec[] = [
  { name: "delay", datatype: "FP32", shape: ["N", 1] },
  { name: "grid", datatype: "FP32", shape: ["N", 2] },
];
const fields = fieldsOf({ inputs: specs, metadata: {} });
const [delay, grid] = fields;
if (!delay || !grid) throw new Error("no fields");
const start = firstState(fields);

test("keeps the entered text, and updates the value", () => {
  const state = changeInputs(start, { kind: "text", field: delay, text: "1." });
  expect(textOf(delay, state)).toBe("1.");
  expect(state.values.delay?.data).toEqual([1]);
});

test("reports text that is not a number at its field, and blocks the request", () => {
  const state = changeInputs(start, { kind: "text", field: delay, text: "late" });
  expect(state.problems).toEqual({ delay: "Enter a number." });
  expect(unreadyReason(fields, state)).toBe("Fix the errors in: delay.");
  const mended = changeInputs(state, { kind: "text", field: delay, text: "-2" });
  expect(unreadyReason(fields, mended)).toBeUndefined();
});

test("shows the same value as JSON and in the form", () => {
  const text = jsonOf(specs, changeInputs(start, { kind: "text", field: grid, text: "3 4" }));
  expect(text).toContain('"data": [3, 4]');
  const state = changeInputs(start, { kind: "json", specs, text: text.replace("[3, 4]", "[5, 6]") });
  expect(textOf(grid, state)).toBe("5, 6");
});

test("reports the line of invalid JSON, keeps the last valid values, and drops it on a form edit", () => {
  const text = jsonOf(specs, start).replace("[0]", "[zero]");
  const broken = changeInputs(start, { kind: "json", specs, text });
  expect(broken.values).toEqual(start.values);
  expect(jsonOf(specs, broken)).toBe(text);
  expect(unreadyReason(fields, broken)).toMatch(/^Line 4: Invalid JSON: expected a value/);
  const mended = changeInputs(broken, { kind: "text", field: delay, text: "7" });
  expect(unreadyReason(fields, mended)).toBeUndefined();
  expect(jsonOf(specs, mended)).toContain('"data": [7]');
});

test("replaces the examples with the given values", () => {
  expect(firstState(fields, { delay: { shape: [1, 1], data: [9] } }).values.delay?.data).toEqual([9]);
});
