import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { expectedUnitsBelow } from "./eta.ts";
import { belowLogE } from "./floor-gate.ts";

/** Returns the number of units until the evidence suffices, evaluated every 10 units; `most` when it never does. */
function unitsUntilProof(rate: number, limit: number, line: number, most: number, seed: number): number {
  const random = seededRandom(seed);
  let events = 0;
  for (let units = 1; units < most; units += 1) {
    if (random() < rate) events += 1;
    // It grows with good units alone, so the looks between two bad ones are those before the next.
    if (units % 10 === 0 && belowLogE({ units, events }, limit) >= line) return units;
  }
  return most;
}

const limit = 0.01;
const line = Math.log(20);

test("decides below the limit in at most one of twenty runs for an arm at the limit", () => {
  const runs = Array.from({ length: 400 }, (_, run) => unitsUntilProof(limit, limit, line, 3000, run + 1));
  expect(runs.filter((units) => units < 3000).length / runs.length).toBeLessThanOrEqual(0.05);
});

test("decides safe for an arm without bad units about when expected", () => {
  // Beside a relative gate the line is higher by ln 2.
  const units = unitsUntilProof(0, limit, line + Math.log(2), 10_000, 1);
  const expected = expectedUnitsBelow(0, limit, 0.05);
  expect(units).toBeLessThan(1000);
  expect(expected / units).toBeGreaterThan(0.5);
  expect(expected / units).toBeLessThan(2);
  expect(expectedUnitsBelow(limit, limit, 0.05)).toBe(Number.POSITIVE_INFINITY);
});

test("returns no evidence without counts", () => {
  expect(belowLogE({ units: 0, events: 0 }, limit)).toBeCloseTo(0, 12);
});
