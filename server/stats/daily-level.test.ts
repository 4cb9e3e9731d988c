import { expect, test } from "vitest";
import { dailyLevel, evaluateDay, sumAhead } from "./daily-level.ts";
import { normalFrom, type Random, seededRandom } from "./random.ts";

const weekdays = [1.1, 1.1, 1.1, 1.1, 1.05, 0.8, 0.75];

/** Generates days of about 100 with a weekly pattern and a drifting level. */
function draw(random: Random, days: number, wander: number, noise = 8): number[] {
  let level = 100;
  return Array.from({ length: days }, (_, at) => {
    level += wander * normalFrom(random);
    return level * (weekdays[at % 7] as number) + noise * normalFrom(random);
  });
}

test("forecasts a steady series with its day-of-week pattern", () => {
  const days = Array.from({ length: 28 }, (_, at) => 100 * (weekdays[at % 7] as number));
  const fit = dailyLevel(days);
  expect(fit && sumAhead(fit, 7).value).toBeCloseTo(700, 6);
  expect(fit && sumAhead(fit, 2).value).toBeCloseTo(220, 6);
});

test("returns undefined for fewer than five days", () => {
  expect(dailyLevel([1, 2, 3, 4])).toBeUndefined();
  expect(evaluateDay([1, 2, 3, 4, 5, 6, 7, 8, 9], 100)).toBeUndefined();
});

test.each([
  ["without a wandering level", 42, 0, 14],
  ["with a level that wanders", 42, 3, 18],
  ["early in the history", 14, 0, 10],
])("covers the sum with the 80%% range in about 80 of 100 cases, %s", (_, known, wander, ahead) => {
  const random = seededRandom(7);
  let held = 0;
  const rounds = 1500;
  for (let round = 0; round < rounds; round += 1) {
    const days = draw(random, known + ahead, wander);
    const fit = dailyLevel(days.slice(0, known));
    const { low, high } = (fit && sumAhead(fit, ahead)) ?? { low: 0, high: 0 };
    const sum = days.slice(known).reduce((total, day) => total + day, 0);
    if (sum >= low && sum <= high) held += 1;
  }
  expect(held / rounds).toBeGreaterThan(0.73);
  expect(held / rounds).toBeLessThan(0.93);
});

test("flags a doubled day but not a Sunday, despite earlier outliers", () => {
  const days = draw(seededRandom(3), 35, 0, 2);
  expect(evaluateDay(days, 110)?.isUnusual).toBe(false);
  expect(evaluateDay(days.slice(0, 34), 75)?.isUnusual).toBe(false);
  expect(evaluateDay(days, 220)).toMatchObject({ isUnusual: true });
  expect(evaluateDay(days, 20)).toMatchObject({ isUnusual: true });
  const odd = days.with(12, 400).with(20, 0);
  expect(evaluateDay(odd, 220)?.isUnusual).toBe(true);
});

test("flags at most a few in a thousand ordinary days", () => {
  const random = seededRandom(11);
  let received = 0;
  for (let round = 0; round < 2000; round += 1) {
    const days = draw(random, 43, 1);
    if (evaluateDay(days.slice(0, 42), days[42] as number)?.isUnusual) received += 1;
  }
  expect(received / 2000).toBeLessThan(0.005);
});
