import { expect, test } from "vitest";
import { normalQuantile, normalShareBelow } from "../../normal.ts";
import { normalFrom, seededRandom } from "../../random.ts";
import { multinomial } from "../quiet-weeks.ts";
import { eDetector } from "./e-detector.ts";
import { slowDrift } from "./slow-drift.ts";

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 0, 5);
const edges = Array.from({ length: 9 }, (_, index) => normalQuantile((index + 1) / 10));
const sharesAt = (mean: number) => {
  const upTo = [...edges.map((edge) => normalShareBelow(edge - mean)), 1];
  return upTo.map((share, bin) => share - (upTo[bin - 1] ?? 0));
};
const reference = new Array<number>(10).fill(1000);
/** Ten features that share 5% of one false alarm in 4 weeks. */
const threshold = (28 / 0.05) * 10;

function days(count: number, options: { seed: number; slope?: number; sd?: number }) {
  const random = seededRandom(options.seed);
  return Array.from({ length: count }, (_, day) => {
    const weekend = day % 7 >= 5 ? 0.3 : 0;
    const mean = (options.slope ?? 0) * Math.max(0, day - 20) + weekend + (options.sd ?? 0) * normalFrom(random);
    return { at: monday + day * dayMs, counts: multinomial(sharesAt(mean), 12_000, random) };
  });
}

test("adds at most 1 to its evidence a step on average, as the theory of e-detectors needs", () => {
  const random = seededRandom(5);
  const [runs, steps] = [4000, 30];
  let sum = 0;
  for (let run = 0; run < runs; run += 1) {
    const values = Array.from({ length: steps }, () => normalFrom(random));
    sum += eDetector([values], { allowance: 0, threshold: 1e6 }).evidence;
  }
  expect(sum / runs).toBeLessThan(steps * 1.2);
  expect(sum / runs).toBeGreaterThan(steps * 0.6);
});

test("alarms after a lasting move, and says when it began", () => {
  const values = [...new Array<number>(20).fill(0), ...new Array<number>(12).fill(2)];
  const found = eDetector([values], { allowance: 0.2, threshold: 1000 });
  expect(found).toMatchObject({ isAlarm: true, since: 20 });
  expect(eDetector([values.slice(0, 20)], { allowance: 0.2, threshold: 1000 }).isAlarm).toBe(false);
});

test("finds 0.02 standard deviations a day, which single days do not show", () => {
  const found = [1, 2, 3].map((seed) => {
    const all = days(60, { seed, slope: 0.02, sd: 0.05 });
    const first = all.findIndex((_, day) => slowDrift(all.slice(0, day), reference, { isNumeric: true, threshold }));
    const move = slowDrift(all, reference, { isNumeric: true, threshold });
    expect(move?.shift).toBeGreaterThan(0.5);
    expect(move?.shift).toBeLessThan(0.9);
    expect((move?.since ?? 0) - monday).toBeGreaterThan(18 * dayMs);
    return first - 20;
  });
  for (const day of found) {
    expect(day).toBeGreaterThan(3);
    expect(day).toBeLessThan(21);
  }
});

test("stays quiet over weekends, days that vary and one odd day, and before fifteen days", () => {
  let alarms = 0;
  for (let seed = 10; seed < 40; seed += 1) {
    const all = days(84, { seed, sd: 0.1 });
    const odd = all.map((day, index) => (index === 50 ? { ...day, counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 9000] } : day));
    if (slowDrift(odd, reference, { isNumeric: true, threshold })) alarms += 1;
  }
  expect(alarms).toBe(0);
  expect(slowDrift(days(14, { seed: 1, slope: 5 }), reference, { isNumeric: true, threshold })).toBeNull();
});

test("names the level that grows", () => {
  const random = seededRandom(8);
  const all = Array.from({ length: 50 }, (_, day) => {
    const share = 0.1 + 0.003 * Math.max(0, day - 20);
    return { at: monday + day * dayMs, counts: multinomial([0.6, 0.3 - (share - 0.1), share], 5000, random) };
  });
  const move = slowDrift(all, [6000, 3000, 1000], { isNumeric: false, threshold });
  expect([1, 2]).toContain(move?.cell);
  expect(Math.abs(move?.shift ?? 0)).toBeCloseTo(0.08, 1);
});
