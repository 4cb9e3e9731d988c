import { expect, test } from "vitest";
import { completenessAt, lagDistribution, maturityOf } from "./completeness.ts";

const once = (...ages: number[]) => ages.map((ageMs) => ({ ageMs, count: 1 }));

// The example of docs/spec/drift.md section 12, in days.
const steps = lagDistribution(once(1, 2, 2, 5), once(1.5, 3, 10));

test("counts pending labels as at risk up to their age", () => {
  expect(steps.map(({ ageMs }) => ageMs)).toEqual([1, 2, 5]);
  expect(steps.map(({ share }) => 1 - share)).toEqual([
    expect.closeTo(6 / 7, 12),
    expect.closeTo((6 / 7) * (3 / 5), 12),
    expect.closeTo((6 / 7) * (3 / 5) * (1 / 2), 12),
  ]);
  expect(steps.at(-1)?.share).toBeCloseTo(0.743, 3);
});

test("relates completeness to the labels ever expected, and returns the age of 95% as maturity", () => {
  expect(completenessAt(steps, 0.5)).toBe(0);
  expect(completenessAt(steps, 2)).toBeCloseTo((1 - (6 / 7) * 0.6) / (1 - (6 / 7) * 0.3), 12);
  expect(completenessAt(steps, 99)).toBe(1);
  expect(maturityOf(steps)).toBe(5);
  expect(maturityOf(steps, 0.6)).toBe(2);
  expect(maturityOf([])).toBeNull();
  expect(completenessAt([], 3)).toBe(0);
});

test("treats counted ages like that many single ones", () => {
  expect(
    lagDistribution(
      [
        { ageMs: 1, count: 1 },
        { ageMs: 5, count: 1 },
        { ageMs: 2, count: 2 },
      ],
      once(1.5, 3, 10),
    ),
  ).toEqual(steps);
});
