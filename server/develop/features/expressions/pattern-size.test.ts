import { expect, test } from "vitest";
import { compilePattern } from "#server/base/pattern.ts";
import { estimatePatternSize } from "./pattern-size.ts";

test.for([
  "^a.c$",
  "x{500}",
  "(ab){100}",
  "((x{10}){10}){5}",
  "[a-z0-9_]{3,20}@[^@\\]]{1,50}\\.(com|org)",
  "(?:a|b{20}|c)*d+",
  "a{3,}b{2}",
  "\\{5}\\d{4}",
  "[]a{9}]{3}[^]b]",
  "[^^]x{50}[[^]{9}",
  "\\pL+(-\\pL+){0,5}",
])("estimates at least half of the instructions of %s, and at most four times", (pattern) => {
  const size = compilePattern(pattern).programSize();
  expect(estimatePatternSize(pattern)).toBeGreaterThanOrEqual(size / 2 - 2);
  expect(estimatePatternSize(pattern)).toBeLessThanOrEqual(size * 4);
});

test("sees repetitions that no one should compile", () => {
  for (const pattern of ["x{1000}".repeat(100), "(x{30}){30}".repeat(80), "[a-z]{999}".repeat(50)]) {
    expect(estimatePatternSize(pattern)).toBeGreaterThan(40_000);
  }
});
