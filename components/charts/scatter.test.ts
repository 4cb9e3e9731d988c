import { expect, test } from "vitest";
import { prepareScatter, rankCorrelation } from "./scatter.ts";

const row = (id: string, values: Record<string, number | string>) => ({ id, label: id, values });
const rows = [
  row("a", { lr: "0.1", acc: 0.9, net: "cnn" }),
  row("b", { lr: "0.2", acc: 0.8, net: "mlp" }),
  row("c", { lr: "0.3", acc: Number.NaN, net: "cnn" }),
  row("d", { acc: 0.7 }),
];

test("positions rows by two values, colours them by a third, and reports those without a position", () => {
  const { points, left } = prepareScatter(rows, { x: "lr", y: "acc", colour: "net" });
  expect(points.map(({ row: { id }, tint }) => [id, tint])).toEqual([
    ["a", { word: 0 }],
    ["b", { word: 1 }],
  ]);
  expect(left.map(({ id }) => id)).toEqual(["c", "d"]);
  expect(points.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true);
});

test("shades numbers in one colour, and applies no tint without a third value", () => {
  const shaded = prepareScatter(rows, { x: "acc", y: "acc", colour: "lr" }).points;
  expect(shaded.map(({ tint }) => tint)).toEqual([{ share: 0 }, { share: expect.closeTo(0.5) }, undefined]);
  expect(prepareScatter(rows, { x: "lr", y: "acc" }).colour).toBeUndefined();
});

test("computes the rank correlation for any monotonic shape, with shared ranks for ties", () => {
  const points = (...pairs: [number, number][]) => pairs.map(([x, y]) => ({ x, y }));
  expect(rankCorrelation(points([1, 1], [2, 8], [3, 27]))).toBeCloseTo(1);
  expect(rankCorrelation(points([1, 3], [2, 2], [3, 1]))).toBeCloseTo(-1);
  // R: cor(c(1,2,2,4), c(1,3,2,4), method = "spearman")
  expect(rankCorrelation(points([1, 1], [2, 3], [2, 2], [4, 4]))).toBeCloseTo(0.9486833, 6);
  expect(rankCorrelation(points([1, 1], [1, 2], [1, 3]))).toBeUndefined();
  expect(rankCorrelation(points([1, 1], [2, 2]))).toBeUndefined();
});
