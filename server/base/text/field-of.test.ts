import { expect, test } from "vitest";
import { fieldOf } from "./field-of.ts";

const data = { row: { text: "inner", "a.b": 1 }, "row.text": "own", list: [{ text: 1 }], empty: null };

test.each<[string, unknown]>([
  ["row", data.row],
  ["row.text", "own"],
  ["row.a", undefined],
  ["row.a.b", undefined],
  ["list.0", undefined],
  ["list.length", undefined],
  ["empty", undefined],
  ["empty.text", undefined],
  ["toString", undefined],
  ["row.constructor.name", undefined],
  ["", undefined],
])("finds %j", (field, value) => {
  expect(fieldOf(data, field)).toBe(value);
});

test("finds a field within others", () => {
  expect(fieldOf({ a: { b: { c: "deep" } } }, "a.b.c")).toBe("deep");
});
