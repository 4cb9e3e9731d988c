import { expect, test } from "vitest";
import { layOut, moveCursor, strengthOf } from "./heat-map-layout.ts";

const layout = { width: 340, height: 122, left: 30, top: 0, range: { from: 0, to: 100 }, stepMs: 10, bands: 4 };

test("positions cells by time and band, and clips them at the ends of the range", () => {
  const { cells, plot, most } = layOut({
    ...layout,
    steps: [
      { at: -5, counts: [1, 0, 0, 0] },
      { at: 50, counts: [0, 0, 0, 7] },
      { at: 200, counts: [9, 9, 9, 9] },
    ],
  });
  expect(cells.map(({ at, band, count }) => [at, band, count])).toEqual([
    [-5, 0, 1],
    [50, 3, 7],
  ]);
  expect(cells[0]?.rectangle.x).toBe(plot.left);
  expect(cells[1]?.rectangle).toMatchObject({ x: plot.left + plot.width / 2, y: 0 });
  expect(most).toBe(7);
});

test("shows every non-zero count, and higher counts darker", () => {
  expect(strengthOf(1, 1000)).toBeCloseTo(0.15, 12);
  expect(strengthOf(1000, 1000)).toBeCloseTo(1, 12);
  expect(strengthOf(1, 1)).toBe(1);
});

test("moves over all cells with the arrow keys, and stops at the edges", () => {
  const { cells } = layOut({
    ...layout,
    steps: [
      { at: 0, counts: [1, 0, 1, 0] },
      { at: 20, counts: [0, 0, 1, 0] },
    ],
  });
  const [low, high, right] = cells;
  expect(moveCursor(cells, undefined, "ArrowRight")).toBe(low);
  expect(moveCursor(cells, low, "ArrowUp")).toBe(high);
  expect(moveCursor(cells, high, "ArrowUp")).toBe(high);
  expect(moveCursor(cells, low, "ArrowRight")).toBe(right);
  expect(moveCursor(cells, right, "ArrowLeft")).toBe(high);
  expect(moveCursor(cells, low, "x")).toBeUndefined();
});
