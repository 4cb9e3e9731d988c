import { expect, test } from "vitest";
import { cellText, cellTexts } from "./cell-text.ts";

test.each([
  [null, "null"],
  [7n, "7"],
  [new Uint8Array(3), "3 bytes"],
  [[1, 2.5], "[1, 2.5]"],
  [Math.fround(78.98), "78.98"],
  [78.98, "78.98"],
  [1 / 3, "0.3333333333333333"],
  ["x".repeat(41), `${"x".repeat(40)}…`],
])("writes %s for a cell", (value, expected) => {
  expect(cellText(value)).toBe(expected);
});

test("writes all values of a key", () => {
  expect(cellTexts([84112n, "DE", 9n])).toBe("84112, DE, 9");
});
