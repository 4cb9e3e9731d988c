import { expect, it } from "vitest";
import { atOf, axisWidth, placePlot, spreadLabels, xOf, yOf } from "./geometry.ts";

it("maps moments and values to the same pixels as the axes", () => {
  const plot = placePlot({ width: 500, height: 222 }, { left: 40, right: 60, top: 0 }, [0, 100], [0, 10]);
  expect(plot).toMatchObject({ width: 400, height: 200 });
  expect(xOf(plot, 25)).toBe(140);
  expect(yOf(plot, 10)).toBe(0);
  expect(yOf(plot, 0)).toBe(200);
});

it("keeps labels at least the given distance apart and in order", () => {
  expect(spreadLabels([50, 52, 10], 14)).toEqual([50, 64, 10]);
});

it("finds the moment under the pointer, clamped to the plot", () => {
  const plot = placePlot({ width: 500, height: 222 }, { left: 40, right: 60, top: 0 }, [0, 100], [0, 10]);
  expect([atOf(plot, 140), atOf(plot, 0), atOf(plot, 900)]).toEqual([25, 0, 100]);
});

it("positions values by their logarithm on a logarithmic axis", () => {
  const plot = placePlot({ width: 500, height: 222 }, { left: 40, right: 60, top: 0 }, [0, 100], [0.01, 100], true);
  expect([0.01, 1, 100].map((value) => Math.round(yOf(plot, value)))).toEqual([200, 100, 0]);
});

it("gives labels with a percent sign enough room", () => {
  expect([axisWidth(["0", "50", "100%"]), axisWidth(["0", "100"]), axisWidth(["−50"])]).toEqual([39, 29, 29]);
});
