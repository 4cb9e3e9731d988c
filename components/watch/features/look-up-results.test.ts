import { expect, test } from "vitest";
import { lookUpResults } from "./look-up-results.ts";

test("counts each look-up once, by what it found", () => {
  const results = lookUpResults({ found: 90, nulls: 30, missing: 6, stale: 4 });
  expect(results.map(({ word, count }) => [word, count])).toEqual([
    ["found", 60],
    ["null", 30],
    ["unknown key", 6],
    ["stale", 4],
  ]);
});
