import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { bestAssignment } from "./assignment.ts";
import { blandAltman } from "./bland-altman.ts";
import { boxAgreement, boxOverlap, matchBoxes } from "./box-agreement.ts";
import { spanAgreement } from "./span-agreement.ts";

const box = (x: number, width = 20, label = "car") => ({ x, y: 0, width, height: 20, label });

test("matches boxes so that their overlaps are largest of those that overlap enough", () => {
  // By overlap alone, a0–b0 (0.48) and a1–b1 (0.52) would be chosen, whose sum beats that of a0–b1 (0.6).
  const a = [box(0, 40), box(16, 40)];
  const b = [box(14, 40), box(10, 40)];
  const { matched, agreement } = boxAgreement(a, b);
  expect(matched).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(agreement).toBeCloseTo((0.6 + 38 / 42) / 2, 12);
});

test("leaves a pair under the threshold out before it matches, or a match would be lost to it", () => {
  const a = [box(0), box(5)];
  const b = [box(7), box(-9)];
  // Overlaps: a0–b0 0.48, a0–b1 0.38, a1–b0 0.82, a1–b1 0.18.
  const { matched } = boxAgreement(a, b);
  expect(matched).toEqual([[1, 0]]);
});

test("counts an overlap of exactly the threshold although coordinates are rounded", () => {
  const { matched } = boxAgreement([box(0.1, 4)], [box(0.1, 8)]);
  expect(matched).toEqual([[0, 0]]);
});

test("finds the same matches as an assignment of all boxes at once", () => {
  const random = seededRandom(5);
  const some = (count: number) =>
    Array.from({ length: count }, () => ({
      ...box(random() * 60, 10 + random() * 20, random() < 0.5 ? "car" : "bus"),
      y: random() * 20,
    }));
  for (let round = 0; round < 40; round += 1) {
    const [a, b] = [some(1 + Math.floor(random() * 25)), some(1 + Math.floor(random() * 25))];
    const gains = a.map((one) =>
      b.map((other) => {
        const iou = one.label === other.label ? boxOverlap(one, other) : 0;
        return iou >= 0.3 ? iou : 0;
      }),
    );
    const best = bestAssignment(gains).reduce((sum, [row, column]) => sum + (gains[row]?.[column] ?? 0), 0);
    const matches = matchBoxes(a, b, 0.3);
    expect(matches.reduce((sum, { iou }) => sum + iou, 0)).toBeCloseTo(best, 10);
    expect(new Set(matches.map(({ column }) => column)).size).toBe(matches.length);
    expect(new Set(matches.map(({ row }) => row)).size).toBe(matches.length);
  }
  expect(() => matchBoxes(some(2001), some(1))).toThrow("2,000 boxes");
});

test("rejects boxes with negative sides and spans that end before they start", () => {
  expect(() => boxAgreement([box(0, -1)], [box(0)])).toThrow("must not be negative");
  expect(() => boxAgreement([], [{ ...box(0), x: Number.NaN }, box(0)])).not.toThrow();
  expect(() => boxAgreement([box(0)], [{ ...box(0), x: Number.NaN }])).toThrow("finite");
  expect(() => spanAgreement([{ start: 3, end: 2, label: "PER" }], [])).toThrow("end");
});

test("matches a span of one class with the closest one of it", () => {
  const a = [
    { start: 0, end: 4, label: "PER" },
    { start: 5, end: 12, label: "PER" },
  ];
  const { type, exact } = spanAgreement(a, [{ start: 3, end: 12, label: "PER" }]);
  expect(type).toMatchObject({ correct: 1, missed: 1, recall: 0.5 });
  const [first, second] = [a[0], { start: 10, end: 14, label: "PER" }] as const;
  // Both are equally far: the first is taken, and the second is left for the next.
  const next = spanAgreement(
    [first as (typeof a)[0], second],
    [
      { start: 2, end: 12, label: "PER" },
      { start: 12, end: 14, label: "PER" },
    ],
  );
  expect(next.type).toMatchObject({ correct: 2, missed: 0 });
  expect(exact).toMatchObject({ incorrect: 1, missed: 1, f1: 0 });
});

test("finds the mean difference of two annotators and the limits of nearly all differences", () => {
  const random = seededRandom(4);
  const values = Array.from({ length: 4000 }, () => 100 * random());
  const first = values.map((value) => value + 2 + 3 * normalFrom(random));
  const found = blandAltman(first, values);
  expect(found?.mean).toBeCloseTo(2, 0);
  expect((found?.low as number) <= 2 && 2 <= (found?.high as number)).toBe(true);
  const within = first.filter((value, at) => {
    const difference = value - (values[at] as number);
    return (found?.lower as number) <= difference && difference <= (found?.upper as number);
  });
  expect(within.length / 4000).toBeCloseTo(0.95, 1);
  // Bland and Altman's rule on five pairs: mean 0.2, deviation √0.7.
  const five = blandAltman([1, 2, 3, 4, 5], [1, 1, 4, 4, 4]);
  expect(five?.deviation).toBeCloseTo(Math.sqrt(0.7), 12);
  expect(five?.upper).toBeCloseTo(0.2 + 1.959964 * Math.sqrt(0.7), 6);
  expect(blandAltman([1], [2])).toBeNull();
});
