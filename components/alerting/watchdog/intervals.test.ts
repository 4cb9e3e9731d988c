import { expect, test } from "vitest";
import { intervals, intervalText } from "./intervals.ts";

test("names intervals as they follow the word every", () => {
  expect(intervals.map(intervalText)).toEqual(["minute", "5\u00a0min", "15\u00a0min", "hour"]);
  expect(intervalText(90)).toBe("90\u00a0s");
});
