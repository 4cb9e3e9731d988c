import { expect, test } from "vitest";
import { describeTypical } from "./typical-value.ts";

const bar = (label: string, current: number, from: number | null = null, to: number | null = null) => {
  return { label, from, to, reference: 0.5, current };
};

test.each([
  [[bar("Ulm", 0.2), bar("Bonn", 0.6), bar("Kiel", 0.2)], "Bonn 60%"],
  [[bar("< 10", 0.3, null, 10), bar("10–20", 0.3, 10, 20), bar("≥ 20", 0.4, 20, null)], "median 10–20"],
  [[bar("< 10", 0.5, null, 10), bar("≥ 10", 0.5, 10, null)], "median < 10"],
  [[bar("Ulm", 0)], ""],
  [[], ""],
])("says what values are usual (%#)", (bars, words) => {
  expect(describeTypical(bars)).toBe(words);
});
