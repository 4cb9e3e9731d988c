import { expect, it } from "vitest";
import { placePlot, spreadLabels, xOf, yOf } from "./geometry.ts";

it("maps moments and values to the same pixels as the axes", () => {
  const plot = placePlot({ width: 500, height: 222 }, { left: 40, right: 60, top: 0 }, [0, 100], [0, 10]);
  expect(plot).toMatchObject({ width: 400, height: 200 });
  expect(xOf(plot, 25)).toBe(140);
  expect(yOf(plot, 10)).toBe(0);
  expect(yOf(plot, 0)).toBe(200);
});

it("keeps labels at least the distance apart and in their order", () => {
  expect(spreadLabels([50, 52, 10], 14)).toEqual([50, 64, 10]);
});
