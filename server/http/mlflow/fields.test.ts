import { expect, test } from "vitest";
import {
  choice,
  double,
  type Field,
  flag,
  int64,
  keyAndValue,
  list,
  record,
  required,
  text,
  textMap,
} from "./fields.ts";

const read = <Value>(field: Field<Value>, sent: unknown) => field.read(sent, "x");
const wrong = (value: string, type: string) =>
  `Invalid value ${value} for parameter 'x' supplied:  Hint: Value was of type '${type}'. See the API docs for more information about request parameters.`;

test("treats absent, null and empty values as missing where a value is required", () => {
  for (const sent of [undefined, null, ""]) {
    expect(() => read(required(text()), sent)).toThrow("Missing value for required parameter 'x'. See the API docs");
  }
});

test("treats null as absent in an optional field, and keeps an empty string", () => {
  expect(read(text(), null)).toBeUndefined();
  expect(read(text(), "")).toBe("");
});

test("rejects a value of another type with the value and its Python type", () => {
  expect(() => read(text(), 123)).toThrow(wrong("123", "int"));
  expect(() => read(text(), 1.5)).toThrow(wrong("1.5", "float"));
  expect(() => read(text(), true)).toThrow(wrong("true", "bool"));
  expect(() => read(list(text()), "5")).toThrow(wrong('"5"', "str"));
  expect(() => read(text(), [1])).toThrow(wrong("[1]", "list"));
  expect(() => read(text(), { a: 1 })).toThrow(wrong('{"a":1}', "dict"));
});

test("bounds texts, lists and maps without naming their content", () => {
  expect(read(text(), "x".repeat(2 ** 18))).toHaveLength(2 ** 18);
  const tooLong = "x".repeat(2 ** 20);
  expect(() => read(text(), tooLong)).toThrow("'x' exceeds the maximum length of 262,144 characters");
  expect(() => read(record({ name: required(text()) }), { name: tooLong })).toThrow(
    "'x.name' exceeds the maximum length",
  );
  expect(() => read(list(text()), Array(100_001).fill("a"))).toThrow("'x' exceeds the maximum length of 100,000 items");
  expect(() => read(textMap(), { [tooLong]: "a" })).toThrow("'x key' exceeds the maximum length of 5,000 characters");
  const keys = Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [index, "a"]));
  expect(() => read(textMap(), keys)).toThrow("'x' exceeds the maximum length of 100,000 items");
  // These are cut where they are stored, as MLflow does.
  expect(read(keyAndValue(), { key: "k", value: tooLong })).toEqual({ key: "k", value: tooLong });
});

test("rejects text that Postgres cannot store", () => {
  expect(() => read(text(), "a\0b")).toThrow("Invalid value");
});

test.each([7, "7", 7.0, "+7"])("accepts %j as an integer", (sent) => {
  expect(read(int64(), sent)).toBe(7);
});

test.each([1.5, "1.5", "abc", "", true, 2 ** 53, "9223372036854775808", []])("rejects %j as an integer", (sent) => {
  expect(() => read(int64(), sent)).toThrow("Invalid value");
});

test.each([
  ["1.5", 1.5],
  [".5", 0.5],
  ["-1e3", -1000],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  [2, 2],
])("parses the double %j as %d", (sent, value) => {
  expect(read(double(), sent)).toBe(value);
});

test.each(["abc", "", "0x10", "1e", true, [], {}])("rejects %j as a double", (sent) => {
  expect(() => read(double(), sent)).toThrow("Invalid value");
});

test("parses a choice by name or by number only", () => {
  const field = choice(["RUNNING", "SCHEDULED", "FINISHED"]);
  expect([read(field, "FINISHED"), read(field, 3), read(field, "3"), read(field, undefined)]).toEqual([
    "FINISHED",
    "FINISHED",
    "FINISHED",
    undefined,
  ]);
  for (const sent of ["finished", 0, 4, 1.5]) expect(() => read(field, sent)).toThrow("Invalid value");
});

test("parses a flag as Python prints it", () => {
  expect([read(flag(), "True"), read(flag(), false), read(flag(), undefined)]).toEqual([true, false, undefined]);
});

test("names list items by their index", () => {
  const batch = record({ tags: list(keyAndValue()) });
  expect(batch.read({ tags: [{ key: "a", more: 1 }] }, "")).toEqual({ tags: [{ key: "a", value: "" }] });
  expect(batch.read({}, "")).toEqual({ tags: [] });
  expect(() => batch.read({ tags: [{ key: "a" }, {}] }, "")).toThrow("parameter 'tags[1].key'");
  expect(() => batch.read({ tags: [5] }, "")).toThrow("Invalid value 5 for parameter 'tags[0]'");
});
