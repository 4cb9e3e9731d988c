import { describe, expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import { combinedLogE } from "./combine.ts";
import { boundary, GridGate, justBelow, safeGrid } from "./grid-gate.ts";
import { rollbackShares, usualSteps } from "./made-courses.ts";
import { RestartGate } from "./restart-gate.ts";

const runs = 2000;
const cells = [0, 0.2].flatMap((margin) =>
  [60, 600, 6000].flatMap((requestsPerMinute) =>
    [0.005, 0.01].map((baseRate) => ({ margin, requestsPerMinute, baseRate })),
  ),
);

describe("a candidate at its margin, evaluated after every request at 10, 25 and 50%", () => {
  test.each(cells)("is rolled back at most at rate α: %o", ({ margin, requestsPerMinute, baseRate }) => {
    const course = { requestsPerMinute, baseRate, margin, ratio: 1 + margin };
    const { atFivePercent, atOnePercent } = rollbackShares(course, runs, 1);
    expect(atFivePercent).toBeLessThanOrEqual(0.05);
    expect(atOnePercent).toBeLessThanOrEqual(0.01);
  });
});

test("rolls back a candidate with a regression far more often than α in the same simulation", () => {
  expect(rollbackShares({ requestsPerMinute: 600, baseRate: 0.005, ratio: 2 }, 300, 2).atFivePercent).toBeGreaterThan(
    0.3,
  );
});

test("decides safe at most at rate β for a candidate at its safe margin", () => {
  for (const margin of [0.2, 1]) {
    const random = seededRandom(3);
    let proofs = 0;
    for (let run = 0; run < 1000; run += 1) {
      const gate = new GridGate(safeGrid).onlyFrom(Math.log(20));
      for (const [weight, events] of [
        [0.05, 300],
        [0.25, 500],
        [0.5, 700],
      ] as const)
        for (let event = 0; event < events && gate.maxLogE < Math.log(20); event += 1) {
          const r = boundary(weight, margin);
          const isCanary = random() < r;
          gate.add(isCanary ? 1 : 0, isCanary ? 0 : 1, r);
        }
      if (gate.maxLogE >= Math.log(20)) proofs += 1;
    }
    expect(proofs / 1000).toBeLessThanOrEqual(0.06);
    expect(proofs / 1000).toBeGreaterThan(0.02);
  }
});

test("rolls back a healthy candidate at most at rate α across five guardrails", () => {
  const random = seededRandom(4);
  const rates = [0.005, 0.01, 0.02, 0.05, 0.001];
  let rolledBack = 0;
  for (let run = 0; run < runs; run += 1) {
    const gates = rates.map(() => new RestartGate(usualSteps.length).onlyFrom(Math.log(20)));
    let most = justBelow(Math.log(20));
    for (const { weight, minutes } of usualSteps) {
      for (const gate of gates) gate.startStep();
      for (let minute = 0; minute < minutes && most < Math.log(20); minute += 1) {
        // Guardrails see the same requests and the same luck: a bad minute of the canary is one for all.
        const luck = 0.5 + random();
        for (const [index, gate] of gates.entries()) {
          const events = poissonFrom(600 * luck * (rates[index] as number), random);
          const canary = binomialFrom(events, weight, random);
          gate.add(canary, events - canary, boundary(weight, 0));
        }
        if (gates.some(({ limit }) => limit > most))
          most = Math.max(most, combinedLogE(gates.map((gate) => ({ share: 0.2, logE: gate.logE() }))));
      }
    }
    if (most >= Math.log(20)) rolledBack += 1;
  }
  expect(rolledBack / runs).toBeLessThanOrEqual(0.05);
});
