import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { numericProfile, stateOf } from "../../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import type { NumericState } from "../../state/contract.ts";
import { describeConversion } from "./conversions.ts";
import { findConversion } from "./find-conversion.ts";

type Draw = (random: Random) => number;

const shapes: Record<string, Draw> = {
  normal: (random) => 20 + 4 * normalFrom(random),
  lognormal: (random) => Math.exp(3 + 0.8 * normalFrom(random)),
  uniform: (random) => 5 + 10 * random(),
  counts: (random) => Math.floor(1 + 40 * random() ** 2),
  temperature: (random) => Math.round((12 + 8 * normalFrom(random)) * 10) / 10,
};

function draws(draw: Draw, count: number, random: Random): number[] {
  return Array.from({ length: count }, () => draw(random));
}

interface Input {
  rows?: number;
  seed?: number;
  name?: string;
}

function evaluate(draw: Draw, change: (value: number, random: Random) => number, input: Input) {
  const random = seededRandom(input.seed ?? 1);
  const profile = numericProfile(draws(draw, 5000, random));
  const values = draws(draw, input.rows ?? 500, random).map((value) => change(value, random));
  return findConversion(input.name ?? "x", profile, stateOf(profile, values) as NumericState);
}

const factors: [number, string][] = [
  [1000, "distance"],
  [0.001, "weight"],
  [100, "amount"],
  [60, "duration"],
  [1 / 60, "delay"],
  [1.609344, "distance"],
  [0.3048, "altitude"],
  [2.54, "height"],
  [0.45359237, "weight"],
  [3.6, "speed"],
];

for (const [name, draw] of Object.entries(shapes)) {
  test(`values of a ${name} feature in another unit are found, with the factor`, () => {
    for (const [index, [factor, name]] of factors.entries()) {
      const found = evaluate(draw, (value) => value * factor, { seed: index + 1, name });
      expect(found, `${factor}`).toMatchObject({ share: 1 });
      expect((found?.factor ?? 0) / factor, `${factor}`).toBeCloseTo(1, 6);
      expect(found?.known).not.toBeNull();
    }
  });
}

test("detects Celsius changed to Fahrenheit or kelvins with its offset and a description", () => {
  const fahrenheit = evaluate(shapes.temperature as Draw, (value) => 1.8 * value + 32, {});
  expect(fahrenheit).toMatchObject({ factor: 1.8, offset: 32, share: 1 });
  const words = fahrenheit?.known && describeConversion(fahrenheit.known, "temp");
  expect(words).toBe("as if the unit changed from degrees Celsius to degrees Fahrenheit");
  const kelvins = evaluate(shapes.temperature as Draw, (value) => value + 273.15, {});
  expect(kelvins).toMatchObject({ factor: 1, offset: 273.15 });
});

test("attributes a change of unit to all rows: always from 400 rows, in 98 of 100 from 200", () => {
  const isRight = (rows: number, seed: number) => {
    const draw = (random: Random) => Math.exp(6.6 + 0.6 * normalFrom(random));
    const found = evaluate(draw, (value) => value * 1.609344, { seed, rows, name: "distance" });
    return found?.factor === 1.609344 && found.share === 1;
  };
  const seeds = Array.from({ length: 100 }, (_, seed) => seed + 1);
  expect(seeds.filter((seed) => isRight(400 + seed, seed))).toHaveLength(100);
  expect(seeds.filter((seed) => isRight(200 + seed, seed)).length).toBeGreaterThanOrEqual(98);
});

test("detects a change of sign", () => {
  expect(evaluate(shapes.normal as Draw, (value) => -value, {})).toMatchObject({ factor: -1, offset: 0, share: 1 });
});

test("detects one client that sends another unit, with its share of rows", () => {
  const found = evaluate(shapes.normal as Draw, (value, random) => (random() < 0.3 ? value * 1000 : value), {
    rows: 2000,
  });
  expect(found?.factor).toBe(1000);
  expect(found?.share).toBeCloseTo(0.3, 1);
});

test("detects an unknown constant factor, such as another currency", () => {
  const found = evaluate(shapes.lognormal as Draw, (value) => value * 7.46, { rows: 3000 });
  expect(found).toMatchObject({ known: null, share: 1 });
  expect((found?.factor ?? 0) / 7.46).toBeCloseTo(1, 1);
});

test("reports no change in 4,000 unchanged windows of all distributions, from 50 rows", () => {
  const random = seededRandom(7);
  let named = 0;
  for (const draw of Object.values(shapes)) {
    for (let reference = 0; reference < 8; reference++) {
      const profile = numericProfile(draws(draw, 1000, random));
      for (let window = 0; window < 100; window++) {
        const values = draws(draw, [50, 100, 500][window % 3] as number, random);
        if (findConversion("x", profile, stateOf(profile, values) as NumericState)) named += 1;
      }
    }
  }
  expect(named).toBe(0);
});

test("does not report ordinary drift as a change of unit", () => {
  const random = seededRandom(11);
  const drifts: ((value: number) => number)[] = [
    (value) => value + 2,
    (value) => value * 1.05,
    (value) => 20 + (value - 20) * 2,
    (value) => (value > 22 ? value + 6 : value),
    (value) => Math.max(18, value),
  ];
  const profile = numericProfile(draws(shapes.normal as Draw, 5000, random));
  for (const [index, drift] of drifts.entries()) {
    const values = draws(shapes.normal as Draw, 1000, random).map(drift);
    expect(findConversion("x", profile, stateOf(profile, values) as NumericState), `${index}`).toBeUndefined();
  }
});

test("does not report a season as a partial change of unit", () => {
  // If mean and spread grew by the same factor, the cases would be indistinguishable; these spreads stay below 1.1 times.
  const winter: Draw = (random) => Math.round((37 + 11 * normalFrom(random)) * 50) / 50;
  for (let seed = 1; seed <= 60; seed += 1) {
    const [warmth, spread] = [4 + (seed % 12) * 3, 0.8 + (seed % 4) * 0.1];
    const spring = (value: number) => (value - 37) * spread + 37 + warmth;
    const found = evaluate(winter, spring, { rows: 1500, seed, name: "temperature" });
    expect(found, `${warmth} degrees, ${spread} times the spread`).toBeUndefined();
  }
});

test("does not report a season that scales mean and spread as an unknown unit if the name implies known units", () => {
  const cold: Draw = (random) => 24 + 6 * normalFrom(random);
  const warmer = (value: number) => value * 1.848;
  expect(evaluate(cold, warmer, { rows: 1500, name: "temperature" })).toBeUndefined();
  expect(evaluate(cold, warmer, { rows: 1500, name: "fare" })).toMatchObject({ known: null, share: 1 });
});
