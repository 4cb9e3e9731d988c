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

test("what is typed keeps its spelling, and the value follows", () => {
  const state = changeInputs(start, { kind: "text", field: delay, text: "1." });
  expect(textOf(delay, state)).toBe("1.");
  expect(state.values.delay?.data).toEqual([1]);
});

test("a text that is no number is a problem at its field, and the request waits", () => {
  const state = changeInputs(start, { kind: "text", field: delay, text: "late" });
  expect(state.problems).toEqual({ delay: "Enter a number." });
  expect(unreadyReason(fields, state)).toBe("Fix the errors in: delay.");
  const mended = changeInputs(state, { kind: "text", field: delay, text: "-2" });
  expect(unreadyReason(fields, mended)).toBeUndefined();
});

test("JSON and form show the same value", () => {
  const text = jsonOf(specs, changeInputs(start, { kind: "text", field: grid, text: "3 4" }));
  expect(text).toContain('"data": [3, 4]');
  const state = changeInputs(start, { kind: "json", specs, text: text.replace("[3, 4]", "[5, 6]") });
  expect(textOf(grid, state)).toBe("5, 6");
});

test("broken JSON says its line, keeps the last good values, and a change in the form drops it", () => {
  const text = jsonOf(specs, start).replace("[0]", "[zero]");
  const broken = changeInputs(start, { kind: "json", specs, text });
  expect(broken.values).toEqual(start.values);
  expect(jsonOf(specs, broken)).toBe(text);
  expect(unreadyReason(fields, broken)).toMatch(/^Line 4: Invalid JSON: expected a value/);
  const mended = changeInputs(broken, { kind: "text", field: delay, text: "7" });
  expect(unreadyReason(fields, mended)).toBeUndefined();
  expect(jsonOf(specs, mended)).toContain('"data": [7]');
});

test("values that are given replace the examples", () => {
  expect(firstState(fields, { delay: { shape: [1, 1], data: [9] } }).values.delay?.data).toEqual([9]);
});
