import { expect, test } from "vitest";
import { type Datatype, problemOfElement, readElement } from "./elements.ts";
import { readList } from "./inputs/list-text.ts";

test.each<[Datatype, string, unknown]>([
  ["FP32", " 1.5 ", 1.5],
  ["FP32", "\u22122", -2],
  ["FP64", "NaN", "NaN"],
  ["INT64", "7", 7],
  ["INT64", "9007199254740993", "9007199254740993"],
  ["UINT8", "255", 255],
  ["BOOL", "TRUE", true],
  ["BYTES", " as it is ", " as it is "],
])("%s reads %j", (datatype, text, element) => {
  expect(readElement(datatype, text)).toEqual({ element });
});

test.each<[Datatype, string, string]>([
  ["FP32", "", "Needs a number."],
  ["FP32", "four", "Needs a number."],
  ["FP32", "4e38", "At most 3.4e38 in size, the limit of this type."],
  ["FP16", "70000", "At most 65,500 in size, the limit of this type."],
  ["INT32", "1.5", "Needs a whole number."],
  ["INT8", "-129", "At least \u2212128, the lowest of this type."],
  ["UINT8", "256", "At most 255, the highest of this type."],
  ["UINT64", "-1", "At least 0, the lowest of this type."],
  ["BOOL", "maybe", "Needs true or false."],
])("%s refuses %j and says why", (datatype, text, problem) => {
  expect(readElement(datatype, text)).toEqual({ problem });
});

test("a number that JSON has already rounded is refused", () => {
  expect(problemOfElement("INT64", 2 ** 53)).toMatch(/loses digits/);
  expect(problemOfElement("INT64", "9223372036854775808")).toMatch(/^At most 9,223,372,036,854,775,807/);
});

test("a list takes commas, spaces and lines, and sizes the open dimension by its length", () => {
  expect(readList("FP32", [1, 4], "1, 2\n3;4")).toEqual({ value: { shape: [1, 4], data: [1, 2, 3, 4] } });
  expect(readList("INT64", [1, null], "5 6 7")).toEqual({ value: { shape: [1, 3], data: [5, 6, 7] } });
  expect(readList("BYTES", [1, null], "one line\nanother, one")).toEqual({
    value: { shape: [1, 2], data: ["one line", "another, one"] },
  });
});

test.each([
  [[1, 4], "1, 2, 3", "Needs 4\u00a0elements; there are 3."],
  [[1, 2], "1, x", 'Element 2, "x": Needs a number.'],
  [[1, null, 3], "1 2", "Needs a multiple of 3 elements; there are 2."],
  [[1, null], "", "Needs at least one element; there are 0."],
])("a list for %j refuses %j", (shape, text, problem) => {
  expect(readList("FP32", shape, text)).toEqual({ problem });
});
