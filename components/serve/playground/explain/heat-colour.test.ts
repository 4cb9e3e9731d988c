import { expect, test } from "vitest";
import { heatColour } from "./heat-colour.ts";

test("the strongest place has the last colour of its sign, and nothing is seen where there is nothing", () => {
  expect(heatColour(2, 2).slice(0, 3)).toEqual([252, 225, 79]);
  expect(heatColour(-2, 2).slice(0, 3)).toEqual([160, 240, 240]);
  expect(heatColour(0, 2)).toEqual([0, 0, 0, 0]);
  expect(heatColour(0, 0)).toEqual([0, 0, 0, 0]);
});

test("more of it is more opaque", () => {
  const opacity = [0.1, 0.3, 0.6, 1].map((value) => heatColour(value, 1)[3]);
  expect(opacity).toEqual(opacity.toSorted((a, b) => a - b));
  expect(new Set(opacity).size).toBe(4);
});
