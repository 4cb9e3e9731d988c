import { expect, it } from "vitest";
import { compilePattern, PatternProblem } from "./pattern.ts";

it("matches within a text, or all of it", () => {
  const pattern = compilePattern("[A-Z]{2}");
  expect([pattern.test("a AB"), pattern.testExact("a AB"), pattern.testExact("AB")]).toEqual([true, false, true]);
});

it.each(["(?=a)", "(a)\\1", "(", "[z-a]", "a".repeat(1001), "(a{1000}){1000}"])("rejects %s", (source) => {
  expect(() => compilePattern(source)).toThrow(PatternProblem);
});

it("takes time linear in the length of the text for patterns on which others backtrack", () => {
  const text = "a".repeat(50_000);
  const startedAt = performance.now();
  for (const source of ["^(a+)+$", "(a|a)*b", "a*a*a*a*b", "(.*)*x"]) compilePattern(source).test(`${text}!`);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
}, 30_000);
