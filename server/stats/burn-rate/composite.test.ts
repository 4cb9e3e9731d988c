import { expect, test } from "vitest";
import { combinedBurn } from "./composite.ts";

test("combines burn rates by weight, equally where all weights are 0", () => {
  const parts = [
    { value: 2, weight: 3 },
    { value: 6, weight: 1 },
    { value: null, weight: 9 },
  ];
  expect(combinedBurn("weighted", parts)).toBe(3);
  expect(combinedBurn("openslo", parts)).toBe(12);
  expect(combinedBurn("worst", parts)).toBe(6);
  expect(
    combinedBurn(
      "weighted",
      parts.map(({ value }) => ({ value, weight: 0 })),
    ),
  ).toBe(4);
  expect(combinedBurn("weighted", [{ value: null, weight: 1 }])).toBeNull();
});
