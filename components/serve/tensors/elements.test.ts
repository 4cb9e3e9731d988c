import { expect, test } from "vitest";
import { readList } from "../playground/inputs/list-text.ts";
import { type Datatype, problemOfElement, readElement } from "./elements.ts";

test.each<[Datatype, string, unknown]>([
  ["FP32", " 1.5 ", 1.5],
  ["FP32", "\u22122", -2],
  ["FP64", "NaN", "NaN"],
  ["INT64", "7", 7],
  ["INT64", "9007199254740993", "9007199254740993"],
  ["UINT8", "255", 255],
  ["BOOL", "TRUE", true],
  ["BYTES", " as it is ", " as it is "],
])("parses %s element %j", (datatype, text, element) => {
  expect(readElement(datatype, text)).toEqual({ element });
});

test.each<[Datatype, string, string]>([
  ["FP32", "", "Enter a number."],
  ["FP32", "four", "Enter a number."],
  ["FP32", "4e38", "The absolute value must be at most 3.4e38, the limit of this type."],
  ["FP16", "70000", "The absolute value must be at most 65,500, the limit of this type."],
  ["INT32", "1.5", "Enter an integer."],
  ["INT8", "-129", "Must be at least \u2212128, the minimum of this type."],
  ["UINT8", "256", "Must be at most 255, the maximum of this type."],
  ["UINT64", "-1", "Must be at least 0, the minimum of this type."],
  ["BOOL", "maybe", "Enter true or false."],
])("rejects %s element %j with the reason", (datatype, text, problem) => {
  expect(readElement(datatype, text)).toEqual({ problem });
});

test("rejects a number that JSON has already rounded", () => {
  expect(problemOfElement("INT64", 2 ** 53)).toMatch(/^Numbers this large lose precision/);
  expect(problemOfElement("INT64", "9223372036854775808")).toMatch(/^Must be at most 9,223,372,036,854,775,807/);
});

test("accepts commas, spaces and lines in a list, and sizes the open dimension by its length", () => {
  expect(readList("FP32", [1, 4], "1, 2\n3;4")).toEqual({ value: { shape: [1, 4], data: [1, 2, 3, 4] } });
  expect(readList("INT64", [1, null], "5 6 7")).toEqual({ value: { shape: [1, 3], data: [5, 6, 7] } });
  expect(readList("BYTES", [1, null], "one line\nanother, one")).toEqual({
    value: { shape: [1, 2], data: ["one line", "another, one"] },
  });
});

test.each([
  [[1, 4], "1, 2, 3", "Expected 4\u00a0elements; there are 3."],
  [[1, 2], "1, x", 'Element 2, "x": Enter a number.'],
  [[1, null, 3], "1 2", "Expected a multiple of 3 elements; there are 2."],
  [[1, null], "", "Expected at least one element; there are 0."],
])("rejects in a list of shape %j: %j", (shape, text, problem) => {
  expect(readList("FP32", shape, text)).toEqual({ problem });
});
