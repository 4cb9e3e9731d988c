import { expect, test } from "vitest";
import { describeHint } from "./describe-hint.ts";

test.each([
  [{}, ""],
  [{ description: "Airline", levels: ["9E", "AA"] }, "Airline; 9E, AA"],
  [{ levels: [..."abcdefghij"] }, "a, b, c, d, e, f, g, h and 2 more"],
  [{ description: "Depth", min: -2, max: 80, unit: "m" }, "Depth; −2 to 80\u00a0m"],
  [{ min: 0 }, "at least 0"],
  [{ max: 4, unit: "kg" }, "at most 4\u00a0kg"],
  [{ unit: "kg" }, "kg"],
])("describes the input hint of a model in one line: %j", (hint, words) => {
  expect(describeHint(hint)).toBe(words);
});
