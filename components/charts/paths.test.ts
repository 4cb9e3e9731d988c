import { expect, it } from "vitest";
import { placePlot } from "./geometry.ts";
import { bandPath, linePath, stackAreas } from "./paths.ts";

const plot = placePlot({ width: 110, height: 132 }, { left: 10, right: 0, top: 10 }, [0, 10], [0, 10]);
const points = (...pairs: [number, number | null][]) => pairs.map(([at, value]) => ({ at, value }));
const series = (id: string, ...pairs: [number, number | null][]) => ({ id, label: id, points: points(...pairs) });

it("draws a line that breaks where nothing was measured", () => {
  const some = points([0, 0], [5, 10], [6, null], [7, Number.NaN], [8, 5], [10, 0]);
  expect(linePath(plot, some)).toBe("M10.0 110.0L60.0 10.0M90.0 60.0L110.0 110.0");
  expect(linePath(plot, points())).toBe("");
});

it("draws steps: a value holds until the next one", () => {
  expect(linePath(plot, points([0, 0], [5, 10], [10, 5]), true)).toBe("M10.0 110.0H60.0V10.0H110.0V60.0");
});

it("draws a band there and back, and a single point of it as a line", () => {
  const piece = [
    { at: 0, low: 0, high: 5 },
    { at: 10, low: 5, high: 10 },
  ];
  expect(bandPath(plot, piece)).toBe("M10.0 60.0L110.0 10.0L110.0 60.0L10.0 110.0Z");
  expect(bandPath(plot, piece.slice(0, 1))).toBe("M9.25 60.0H10.75V110.0H9.25Z");
  expect(bandPath(plot, [])).toBe("");
});

it("stacks parts from zero in pieces, on nothing where a lower one was not measured", () => {
  expect(stackAreas([series("a", [0, 1], [1, null], [2, 3]), series("b", [0, 4], [1, 5], [2, 6])])).toEqual([
    [[{ at: 0, low: 0, high: 1 }], [{ at: 2, low: 0, high: 3 }]],
    [
      [
        { at: 0, low: 1, high: 5 },
        { at: 1, low: 0, high: 5 },
        { at: 2, low: 3, high: 9 },
      ],
    ],
  ]);
});
