import { expect, test } from "vitest";
import { oddsRatio } from "./odds-ratio.ts";

test("matches the textbook interval with 0.5 added to each count", () => {
  // ln((10.5·90.5)/(90.5·5.5)) with 1.96·√(1/10.5 + 1/90.5 + 1/5.5 + 1/90.5).
  const found = oddsRatio({ bad: 10, good: 90 }, { bad: 5, good: 90 }, 0.05);
  expect(found?.estimate).toBeCloseTo(10.5 / 5.5, 10);
  expect(Math.log(found?.high ?? 0) - Math.log(found?.estimate ?? 0)).toBeCloseTo(
    1.959964 * Math.sqrt(1 / 10.5 + 2 / 90.5 + 1 / 5.5),
    5,
  );
});

test("returns no ratio without units on one side, but one without bad units", () => {
  expect(oddsRatio({ bad: 0, good: 0 }, { bad: 5, good: 90 }, 0.05)).toBeUndefined();
  expect(oddsRatio({ bad: 3, good: 10 }, { bad: 0, good: 100 }, 0.05)?.low).toBeGreaterThan(1);
});
