import { expect, test } from "vitest";
import { type BookRow, defaultRows, pickPrice, priceAt, priceSegments } from "./price-segments.ts";

const row = (from: number, amount: number, variant = "", createdAt = from): BookRow => {
  return { item: "core-hour", variant, amount, currency: "EUR", from, createdAt };
};

test("each price holds until the next one begins, and the last one for good", () => {
  const segments = priceSegments([row(20, 2), row(10, 1)], "core-hour", "");
  expect(segments).toMatchObject([
    { amount: 1, from: 10, to: 20 },
    { amount: 2, from: 20, to: Number.POSITIVE_INFINITY },
  ]);
});

test("a kind of machine has the general price until it has one of its own, and keeps that when the general one changes", () => {
  const rows = [row(0, 1), row(10, 5, "large"), row(20, 2)];
  expect(priceSegments(rows, "core-hour", "large").map(({ amount }) => amount)).toEqual([1, 5, 5]);
  expect(priceSegments(rows, "core-hour", "small").map(({ amount }) => amount)).toEqual([1, 2]);
  expect(priceSegments(rows, "gpu-hour", "large")).toEqual([]);
});

test("of two prices that begin together, the one that was written last holds", () => {
  expect(priceAt([row(10, 3, "", 50), row(10, 4, "", 60)], "core-hour", "", 10)?.amount).toBe(4);
  expect(priceAt([row(10, 3)], "core-hour", "", 9)).toBeUndefined();
});

test("what the configuration says holds before the book and wherever it has nothing", () => {
  const rows = [...defaultRows({ core: 0.04, gpu: undefined, currency: "EUR" }), row(100, 0.05)];
  expect(priceAt(rows, "core-hour", "", 99)?.amount).toBe(0.04);
  expect(priceAt(rows, "core-hour", "", 100)?.amount).toBe(0.05);
  expect(priceAt(rows, "gpu-hour", "", 100)).toBeUndefined();
});

test("among prices that hold, the variant's own goes before the general one", () => {
  const held = [row(0, 1), row(0, 7, "large")];
  expect(pickPrice(held, "core-hour", "large")?.amount).toBe(7);
  expect(pickPrice(held, "core-hour", "small")?.amount).toBe(1);
  expect(pickPrice([], "core-hour", "")).toBeUndefined();
});
