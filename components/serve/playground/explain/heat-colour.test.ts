import { expect, test } from "vitest";
import { heatColour } from "./heat-colour.ts";

test("colours the strongest value with the last colour of its sign, and zero as transparent", () => {
  expect(heatColour(2, 2).slice(0, 3)).toEqual([252, 225, 79]);
  expect(heatColour(-2, 2).slice(0, 3)).toEqual([160, 240, 240]);
  expect(heatColour(0, 2)).toEqual([0, 0, 0, 0]);
  expect(heatColour(0, 0)).toEqual([0, 0, 0, 0]);
});

test("makes higher values more opaque", () => {
  const opacity = [0.1, 0.3, 0.6, 1].map((value) => heatColour(value, 1)[3]);
  expect(opacity).toEqual(opacity.toSorted((a, b) => a - b));
  expect(new Set(opacity).size).toBe(4);
});
