import { expect, test } from "vitest";
import { type BookRow, defaultRows, pickPrice, priceAt, priceSegments } from "./price-segments.ts";

const row = (from: number, amount: number, variant = "", createdAt = from): BookRow => {
  return { item: "core-hour", variant, amount, currency: "EUR", from, createdAt };
};

test("ends each price where the next begins, and leaves the last one open", () => {
  const segments = priceSegments([row(20, 2), row(10, 1)], "core-hour", "");
  expect(segments).toMatchObject([
    { amount: 1, from: 10, to: 20 },
    { amount: 2, from: 20, to: Number.POSITIVE_INFINITY },
  ]);
});

test("uses the general price for a machine type until it has its own, which general changes do not affect", () => {
  const rows = [row(0, 1), row(10, 5, "large"), row(20, 2)];
  expect(priceSegments(rows, "core-hour", "large").map(({ amount }) => amount)).toEqual([1, 5, 5]);
  expect(priceSegments(rows, "core-hour", "small").map(({ amount }) => amount)).toEqual([1, 2]);
  expect(priceSegments(rows, "gpu-hour", "large")).toEqual([]);
});

test("prefers the latest written of two prices with the same start", () => {
  expect(priceAt([row(10, 3, "", 50), row(10, 4, "", 60)], "core-hour", "", 10)?.amount).toBe(4);
  expect(priceAt([row(10, 3)], "core-hour", "", 9)).toBeUndefined();
});

test("uses the configured price before and wherever the price book has no entry", () => {
  const rows = [...defaultRows({ core: 0.04, gpu: undefined, currency: "EUR" }), row(100, 0.05)];
  expect(priceAt(rows, "core-hour", "", 99)?.amount).toBe(0.04);
  expect(priceAt(rows, "core-hour", "", 100)?.amount).toBe(0.05);
  expect(priceAt(rows, "gpu-hour", "", 100)).toBeUndefined();
});

test("prefers the variant's own price over the general one", () => {
  const held = [row(0, 1), row(0, 7, "large")];
  expect(pickPrice(held, "core-hour", "large")?.amount).toBe(7);
  expect(pickPrice(held, "core-hour", "small")?.amount).toBe(1);
  expect(pickPrice([], "core-hour", "")).toBeUndefined();
});
