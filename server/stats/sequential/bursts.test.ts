import { describe, expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { poissonFrom } from "../random-counts.ts";
import { dispersionOf, noPairs, spreadAt, sumsOf } from "./dispersion.ts";
import { gatewayDeviation } from "./gateway-deviation.ts";
import { worseGrid } from "./grid-gate.ts";
import { type BurstyCourse, burstyRollbacks } from "./made-bursts.ts";
import { widenedFactors } from "./widened-factors.ts";

const usual: BurstyCourse = { requestsPerMinute: 600, baseRate: 0.005, ratio: 1, recordMinutes: 240 };
const rollbacks = (course: Partial<BurstyCourse>, runs: number) => burstyRollbacks({ ...usual, ...course }, runs, 3);

describe("factors of a bet with bursts", () => {
  test("are those of independent events without bursts", () => {
    const { hit, miss } = widenedFactors(Math.log(4), 0.1, { hits: 0, misses: 0 });
    expect(hit).toBeCloseTo(Math.log(4 / 1.3), 12);
    expect(miss).toBeCloseTo(-Math.log(1.3), 12);
  });

  test.each([
    [0.1, 6, 54],
    [0.5, 3, 3],
    [0.1, 2, 2],
    [0.8, 0.5, 0],
    [0.3, 0, 4],
  ])("have an expectation of 1 for negative binomial counts of any mean: r %f, spread %f and %f", (r, hits, misses) => {
    for (const effect of [worseGrid[0] as number, worseGrid[12] as number, worseGrid[23] as number]) {
      const { hit, miss } = widenedFactors(effect, r, { hits, misses });
      const log = (mean: number, spread: number, gain: number) =>
        spread === 0 ? mean * gain : (-mean / spread) * Math.log1p(-spread * gain);
      expect(log(r, hits, Math.expm1(hit)) + log(1 - r, misses, Math.expm1(miss))).toBeCloseTo(0, 10);
      expect(hit).toBeGreaterThan(0);
    }
  });

  test("mirror for the safe gate", () => {
    const down = widenedFactors(-0.7, 0.2, { hits: 1, misses: 3 });
    const up = widenedFactors(0.7, 0.8, { hits: 3, misses: 1 });
    expect(down).toEqual({ hit: up.miss, miss: up.hit });
  });
});

describe("dispersion", () => {
  const random = seededRandom(8);

  test("is close to none for independent events, whatever the rate does over the day", () => {
    const blocks = Array.from({ length: 8640 }, (_, at) => ({
      units: 100,
      events: poissonFrom(0.5 * (1 + 0.8 * Math.sin(at / 1375)), random),
    }));
    const minutes = Array.from({ length: 1440 }, (_, at) =>
      blocks
        .slice(6 * at, 6 * at + 6)
        .reduce((sum, { units, events }) => ({ units: sum.units + units, events: sum.events + events })),
    );
    const found = dispersionOf({ short: sumsOf(blocks), minutes: sumsOf(minutes), fiveMinutes: noPairs });
    expect(spreadAt(found, 600)).toBeLessThan(0.2);
    expect(found.rho).toBeLessThan(2e-4);
  });

  test("tells groups, of which a small arm has as many, from bursts of minutes", () => {
    const grouped = Array.from({ length: 8640 }, () => ({ units: 100, events: 3 * poissonFrom(0.2, random) }));
    const minutes = Array.from({ length: 1440 }, (_, at) =>
      grouped
        .slice(6 * at, 6 * at + 6)
        .reduce((sum, { units, events }) => ({ units: sum.units + units, events: sum.events + events })),
    );
    const found = dispersionOf({ short: sumsOf(grouped), minutes: sumsOf(minutes), fiveMinutes: noPairs });
    expect(spreadAt(found, 60)).toBeGreaterThan(1.6);
    expect(spreadAt(found, 600)).toBeLessThan(2.6);
  });

  test("is assumed until twenty minutes are known, and not after a day without any bad unit", () => {
    expect(spreadAt(dispersionOf({ short: noPairs, minutes: noPairs, fiveMinutes: noPairs }), 60)).toBeGreaterThan(1);
    const quiet = sumsOf(Array.from({ length: 1440 }, () => ({ units: 600, events: 0 })));
    expect(dispersionOf({ short: quiet, minutes: quiet, fiveMinutes: quiet }).assumed).toBe(0);
  });

  test("does not reach over gaps", () => {
    const block = { units: 100, events: 2 };
    expect(sumsOf([block, undefined, { units: 100, events: 50 }]).blocks).toBe(0);
  });
});

test("finds how gateways differ, and nothing where chance explains it", () => {
  const even = [1, 2, 3, 4].map(() => ({ expected: 2000, events: poissonFrom(2000, seededRandom(4)) }));
  expect(gatewayDeviation(even, 1)).toBeLessThan(0.03);
  const events = [1500, 2100, 1800, 2600];
  expect(
    gatewayDeviation(
      events.map((each) => ({ expected: 2000, events: each })),
      1,
    ),
  ).toBeCloseTo(0.23, 1);
  expect(gatewayDeviation([{ expected: 2000, events: 4000 }], 1)).toBe(0);
});

describe("a healthy candidate whose arm has bursts of its own", () => {
  test.each([0, 0.003, 0.01, 0.1])("is rolled back at most at rate α with ρ %f", (rho) => {
    expect(rollbacks({ rho }, 80).share).toBeLessThanOrEqual(0.05);
  });

  test("is rolled back at most at rate α where failed requests are sent three times", () => {
    expect(rollbacks({ sends: 3 }, 80).share).toBeLessThanOrEqual(0.05);
  });

  test("is rolled back at most at rate α where bursts last five minutes", () => {
    const lasting = { rho: 0.01, burstMinutes: 5, recordMinutes: 720 };
    expect(rollbacks(lasting, 60).share).toBeLessThanOrEqual(0.05);
    expect(rollbacks({ ...lasting, isMeasured: false }, 60).share).toBeGreaterThan(0.3);
  });

  test("is rolled back far more often by single requests in the same simulation", () => {
    expect(rollbacks({ rho: 0.01, isMeasured: false }, 60).share).toBeGreaterThan(0.15);
    expect(rollbacks({ sends: 3, isMeasured: false }, 60).share).toBeGreaterThan(0.15);
  });
});

test("finds a fourfold and a tenfold rate as fast as single requests do where there are no bursts", () => {
  for (const ratio of [4, 10]) {
    const before = rollbacks({ ratio, isMeasured: false }, 150);
    const after = rollbacks({ ratio }, 150);
    expect(after.share).toBeGreaterThanOrEqual(0.98);
    expect(after.minutes).toBeLessThanOrEqual(1.3 * before.minutes);
  }
});
