import { expect, test } from "vitest";
import { backOff } from "./back-off.ts";

test("the wait doubles with each failure in a row and ends at the longest, however many there are", () => {
  const waits = [0, 1, 2, 3, 4, 5, 2000].map((failures) => backOff(failures, { first: 100, longest: 1000 }));
  expect(waits).toEqual([100, 100, 200, 400, 800, 1000, 1000]);
});
