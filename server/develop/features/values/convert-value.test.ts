import { expect, test } from "vitest";
import type { FeatureType, KeyType } from "../contract.ts";
import { converterOf, keyConverterOf, ValueProblem } from "./convert-value.ts";

test.each<[FeatureType, unknown, unknown]>([
  ["int32", 7, 7],
  ["int32", 7n, 7],
  ["int64", 7, 7n],
  ["int64", "9007199254740993", 9_007_199_254_740_993n],
  ["float32", 0.1, Math.fround(0.1)],
  ["float64", "NaN", Number.NaN],
  ["float64", "-Infinity", -Infinity],
  ["float64", 3n, 3],
  ["bool", false, false],
  ["string", "", ""],
  ["string", "é".repeat(2 ** 19), "é".repeat(2 ** 19)],
  ["bytes", Buffer.alloc(2 ** 20).toString("base64"), Buffer.alloc(2 ** 20)],
  ["bytes", "AP8=", Buffer.from([0, 255])],
  ["timestamp", 1_772_366_400, 1_772_366_400_000_000n],
  ["timestamp", "2026-03-01T12:00:00.5Z", 1_772_366_400_500_000n],
  ["timestamp", new Date(1500), 1_500_000n],
  ["json", "[1]", "[1]"],
  ["map", { a: 1 }, '{"a":1}'],
  ["list<int64>", [1, 2], [1n, 2n]],
  ["list<float64>", new Float32Array([0.5]), [0.5]],
  ["list<string>", [], []],
  ["int64", null, null],
  ["list<bool>", undefined, null],
])("converts %s, case %#", (type, raw, value) => {
  expect(converterOf(type)(raw)).toEqual(value);
});

test.each<[FeatureType, unknown, string]>([
  ["int64", 7.5, "7.5 is not an integer."],
  ["int64", "7", '"7" is not an integer.'],
  ["int64", 2 ** 53, "9007199254740992 may have been rounded. Send integers beyond 2^53 as text."],
  ["int64", "9223372036854775808", "9223372036854775808 does not fit 64 bits."],
  ["int32", 2 ** 31, "2147483648 does not fit 32 bits."],
  ["float64", "abc", '"abc" is not a number.'],
  ["float32", 1e39, "1e+39 does not fit 32 bits."],
  ["bool", 1, "1 is not a boolean."],
  ["string", 5, "5 is not text."],
  ["string", "é".repeat(2 ** 19 + 1), "The value is longer than 1 MiB."],
  ["bytes", Buffer.alloc(2 ** 20 + 1), "The value is longer than 1 MiB."],
  ["bytes", Buffer.alloc(2 ** 20 + 9).toString("base64"), "The value is longer than 1 MiB."],
  ["json", JSON.stringify("x".repeat(2 ** 20)), "The value is longer than 1 MiB."],
  ["map", { x: "x".repeat(2 ** 20) }, "The value is longer than 1 MiB."],
  ["list<string>", ["x".repeat(2 ** 19), "x".repeat(2 ** 19), "x"], "The value is longer than 1 MiB."],
  ["string", "\ud800", "The text has half of a surrogate pair."],
  ["bytes", "no base64", '"no base64" is not bytes as base64.'],
  ["timestamp", 1_772_366_400_000, "1772366400000 is not a time in the years 1 to 9999."],
  ["timestamp", 1.5, "1.5 is not a time: ISO text, or whole seconds."],
  ["json", "{", '"{" is not text that holds JSON.'],
  ["map", "[]", '"[]" is not a JSON object.'],
  ["list<int64>", [1, null], "A list cannot have missing values."],
  ["list<int64>", [1.5], "1.5 is not an integer."],
  ["list<int64>", 1, "1 is not a list."],
])("refuses %s, case %#", (type, raw, message) => {
  expect(converterOf(type)(raw)).toEqual(new ValueProblem(message));
});

test.each<[KeyType, unknown, unknown]>([
  ["int64", "1001", 1001n],
  ["int64", 1001.0, 1001n],
  ["int32", "-5", -5],
  ["string", 5, "5"],
  ["string", 5n, "5"],
  ["bool", "true", true],
  ["timestamp", "2026-03-01", 1_772_323_200_000_000n],
  ["int64", null, null],
])("converts the key %s, case %#", (type, raw, value) => {
  expect(keyConverterOf(type)(raw)).toEqual(value);
});

test.each<[KeyType, unknown]>([
  ["int64", 1001.5],
  ["int64", "1001.0"],
  ["int64", "x"],
  ["string", true],
  ["bool", 1],
])("refuses the key %s, case %#", (type, raw) => {
  expect(keyConverterOf(type)(raw)).toBeInstanceOf(ValueProblem);
});
