import { expect, test } from "vitest";
import { readRange, writeRange, zoomByKey } from "./zoom.ts";

const fullRange = { from: 0, to: 100 };

test.each([
  ["-", fullRange, { from: 25, to: 75 }],
  ["=", { from: 40, to: 50 }, { from: 35, to: 55 }],
  ["=", { from: 25, to: 75 }, undefined],
  ["]", { from: 20, to: 40 }, { from: 30, to: 50 }],
  ["]", { from: 75, to: 95 }, { from: 80, to: 100 }],
  ["[", { from: 5, to: 25 }, { from: 0, to: 20 }],
])("applies key %s to range %j", (key, shown, expected) => {
  expect(zoomByKey(key, shown, fullRange)).toEqual(expected);
});

test("round-trips a range through the URL, and ignores an invalid one", () => {
  for (const range of [
    { from: -3, to: 12.5 },
    { from: 1.7e12, to: 1.8e12 },
  ]) {
    expect(readRange(writeRange(range))).toEqual(range);
  }
  for (const text of ["", "5..2", "a..b", "1..", undefined]) expect(readRange(text)).toBeUndefined();
});
