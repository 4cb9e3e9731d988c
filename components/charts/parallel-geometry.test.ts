import { expect, test } from "vitest";
import { prepareParallel } from "./parallel.ts";
import {
  axisX,
  headLines,
  headWidth,
  nearestLine,
  pathOf,
  placeParallel,
  placeY,
  shareAt,
} from "./parallel-geometry.ts";

const rows = [
  { id: "a", label: "a", values: { x: 0, y: 1 } },
  { id: "b", label: "b", values: { x: 1, y: 0 } },
  { id: "c", label: "c", values: { x: Number.NaN } },
];
const names = ["x", "y"].map((key) => ({ key, label: key }));
const picture = prepareParallel(rows, names, {});
const { box, width } = placeParallel(picture, { width: 400, height: 200 });

test("fills the width with axes, and scrolls if there are many", () => {
  expect(width).toBe(400);
  expect(axisX(box, 1)).toBeCloseTo(352);
  const many = Array.from({ length: 12 }, (_, index) => ({ key: `${index}`, label: `${index}` }));
  expect(placeParallel(prepareParallel(rows, many, {}), { width: 300, height: 200 }).width).toBeGreaterThan(700);
});

test("converts between axis position and share, and places NaN and missing values below the axis", () => {
  expect(shareAt(box, placeY(box, { at: 0.25 }))).toBeCloseTo(0.25);
  expect([shareAt(box, -50), shareAt(box, 500)]).toEqual([1, 0]);
  const [axis, nan, missing] = [{ at: 0 }, { rest: "nan" as const }, { rest: "missing" as const }].map((position) =>
    placeY(box, position),
  );
  expect(Number(nan) - Number(axis)).toBeGreaterThan(15);
  expect(Number(missing) - Number(nan)).toBeGreaterThan(15);
  expect(Number(missing)).toBeLessThan(200);
});

test("finds the line under the pointer, or none", () => {
  const at = (share: number, y: number) => ({ x: axisX(box, 0) + share * box.width, y });
  expect(nearestLine(box, picture.lines, at(0.1, placeY(box, { at: 0.1 })))).toBe(0);
  expect(nearestLine(box, picture.lines, at(0.1, placeY(box, { at: 0.9 })))).toBe(1);
  expect(nearestLine(box, picture.lines, at(0.01, placeY(box, { at: 0.5 })))).toBeUndefined();
  expect(pathOf(box, picture.lines[0]?.positions ?? [])).toMatch(/^M[\d.]+ [\d.]+L[\d.]+ 12$/);
});

test("wraps axis names as needed and keeps them inside the picture", () => {
  expect(headLines(["lr", "x"], box)).toBe(1);
  expect(headLines(["lr", "validation_accuracy"], box)).toBe(2);
  expect(headLines(["x".repeat(200), "y"], box)).toBe(3);
  for (const index of [0, 1]) {
    expect(axisX(box, index) - headWidth(box, index) / 2).toBeGreaterThanOrEqual(0);
    expect(axisX(box, index) + headWidth(box, index) / 2).toBeLessThanOrEqual(width);
  }
});
