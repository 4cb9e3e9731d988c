import { expect, test } from "vitest";
import { backOff } from "./back-off.ts";

test("doubles the wait with each consecutive failure up to the maximum", () => {
  const waits = [0, 1, 2, 3, 4, 5, 2000].map((failures) => backOff(failures, { first: 100, longest: 1000 }));
  expect(waits).toEqual([100, 100, 200, 400, 800, 1000, 1000]);
});
