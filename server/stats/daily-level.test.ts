import { expect, test } from "vitest";
import { dailyLevel, evaluateDay, sumAhead } from "./daily-level.ts";
import { normalFrom, type Random, seededRandom } from "./random.ts";

const weekdays = [1.1, 1.1, 1.1, 1.1, 1.05, 0.8, 0.75];

interface Drawn {
  wander?: number;
  noise?: number;
  /** Growth a day. */
  trend?: number;
  isEmptyAtWeekends?: boolean;
}

/** Generates days of about 100 with a weekly pattern, a drifting level and growth. */
function draw(
  random: Random,
  days: number,
  { wander = 0, noise = 8, trend = 0, isEmptyAtWeekends = false }: Drawn = {},
) {
  let level = 100;
  return Array.from({ length: days }, (_, at) => {
    level = level * (1 + trend) + wander * normalFrom(random);
    if (isEmptyAtWeekends && at % 7 >= 5) return 0;
    return Math.max(0, level * ((weekdays[at % 7] as number) + (noise / 100) * normalFrom(random)));
  });
}

test("forecasts a steady series with its day-of-week pattern", () => {
  const days = Array.from({ length: 28 }, (_, at) => 100 * (weekdays[at % 7] as number));
  const fit = dailyLevel(days);
  expect(fit && sumAhead(fit, 7).value).toBeCloseTo(700, 5);
  expect(fit && sumAhead(fit, 2).value).toBeCloseTo(220, 5);
});

test("returns undefined for fewer than five days", () => {
  expect(dailyLevel([1, 2, 3, 4])).toBeUndefined();
  expect(evaluateDay([1, 2, 3, 4, 5, 6, 7, 8, 9], 100)).toBeUndefined();
});

test.each([
  ["without a wandering level", 42, 14, {}],
  ["growing by 0.5% a day", 42, 18, { trend: 0.005 }],
  ["growing by 1.5% a day", 42, 18, { trend: 0.015 }],
  ["shrinking by 1.5% a day", 42, 18, { trend: -0.015 }],
  ["with a level that wanders", 42, 18, { wander: 3 }],
  ["growing, without weekends", 42, 14, { trend: 0.005, isEmptyAtWeekends: true }],
  ["early in the history", 20, 10, { trend: 0.005 }],
] as const)("covers the sum in about 80 of 100 cases %s", (_, known, ahead, drawn) => {
  const random = seededRandom(7);
  let held = 0;
  const rounds = 150;
  for (let round = 0; round < rounds; round += 1) {
    const days = draw(random, known + ahead, drawn);
    const fit = dailyLevel(days.slice(0, known));
    const { low, high } = (fit && sumAhead(fit, ahead)) ?? { low: 0, high: 0 };
    const sum = days.slice(known).reduce((total, day) => total + day, 0);
    if (sum >= low && sum <= high) held += 1;
  }
  expect(held / rounds).toBeGreaterThan(0.7);
  expect(held / rounds).toBeLessThan(0.92);
});

test("forecasts growth instead of the level of the last days", () => {
  const days = Array.from({ length: 42 }, (_, at) => 100 * 1.015 ** at * (weekdays[at % 7] as number));
  const real = Array.from({ length: 14 }, (_, at) => 100 * 1.015 ** (42 + at) * (weekdays[at % 7] as number));
  const fit = dailyLevel(days);
  const share = ((fit && sumAhead(fit, 14).value) ?? 0) / real.reduce((sum, day) => sum + day, 0);
  expect(share).toBeGreaterThan(0.98);
  expect(share).toBeLessThan(1.01);
});

test("stays finite for days that are all 0, all equal or huge", () => {
  for (const days of [Array(20).fill(0), Array(20).fill(3), Array(30).fill(1e300), [0, 0, 0, 0, 1e-300, 5]]) {
    const fit = dailyLevel(days);
    const { value, low, high } = fit ? sumAhead(fit, 10) : { value: Number.NaN, low: 0, high: 0 };
    expect([value, low, high].every((each) => !Number.isNaN(each))).toBe(true);
    expect(evaluateDay(days, days[0])?.isUnusual ?? false).toBe(false);
  }
  expect(dailyLevel([1, 2, Number.NaN, 4, 5])).toBeUndefined();
});

test("flags a doubled day but not a Sunday, despite earlier outliers", () => {
  const days = draw(seededRandom(3), 35, { noise: 2 });
  expect(evaluateDay(days, 110)?.isUnusual).toBe(false);
  expect(evaluateDay(days.slice(0, 34), 75)?.isUnusual).toBe(false);
  expect(evaluateDay(days, 220)).toMatchObject({ isUnusual: true });
  expect(evaluateDay(days, 20)).toMatchObject({ isUnusual: true });
  const odd = days.with(12, 400).with(20, 0);
  expect(evaluateDay(odd, 220)?.isUnusual).toBe(true);
});

test.each([
  [10, true],
  [13, true],
  [20, false],
  [20, true],
  [42, false],
] as const)(
  "flags at most one in a hundred ordinary days after %d days, empty weekends %s",
  (known, isEmptyAtWeekends) => {
    const random = seededRandom(11);
    let flagged = 0;
    for (let round = 0; round < 600; round += 1) {
      const start = round % 7;
      const days = draw(random, start + known + 1, { wander: 1, isEmptyAtWeekends }).slice(start);
      if (evaluateDay(days.slice(0, known), days[known] as number)?.isUnusual) flagged += 1;
    }
    expect(flagged / 600).toBeLessThanOrEqual(0.0134);
  },
);

test("flags a doubled day after 20 days", () => {
  const random = seededRandom(5);
  const days = draw(random, 21, { wander: 1 });
  expect(evaluateDay(days.slice(0, 20), 2 * (days[20] as number))?.isUnusual).toBe(true);
});
