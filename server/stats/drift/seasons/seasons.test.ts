import { expect, test } from "vitest";
import { normalQuantile, normalShareBelow } from "../../normal.ts";
import { normalFrom, seededRandom } from "../../random.ts";
import { multinomial } from "../quiet-weeks.ts";
import { fitSeasons } from "./fit-seasons.ts";
import { orderedShift } from "./ordered-shift.ts";
import { expectedShares, isSeasonKnown, seasonalTest } from "./seasonal-test.ts";
import { fitShareSeasons, seasonalShareTest } from "./share-seasons.ts";
import { hourOfWeek } from "./week-effects.ts";

const hourMs = 3_600_000;
const monday = Date.UTC(2026, 0, 5);
const edges = Array.from({ length: 9 }, (_, index) => normalQuantile((index + 1) / 10));
/** Shares of ten bins of a normal feature whose mean moved by so many standard deviations. */
const sharesAt = (mean: number) => {
  const upTo = [...edges.map((edge) => normalShareBelow(edge - mean)), 1];
  return upTo.map((share, bin) => share - (upTo[bin - 1] ?? 0));
};
const reference = new Array<number>(10).fill(10_000);

function hours(count: number, draw: (at: number) => number[]) {
  return Array.from({ length: count }, (_, hour) => {
    const at = monday + hour * hourMs;
    return { at, counts: draw(at) };
  });
}

test("numbers hours of the week from Monday, midnight UTC", () => {
  expect([monday, monday + 25 * hourMs, monday - 1].map(hourOfWeek)).toEqual([0, 25, 167]);
});

test("finds the shift of proportional odds, also where bins are nearly empty", () => {
  const even = new Float64Array(10).fill(0.1);
  const moved = Float64Array.from(even, (_, bin) => {
    const upTo = (share: number) => 1 / (1 + ((1 - share) / share) * Math.exp(2.5));
    return upTo((bin + 1) / 10) - (bin === 0 ? 0 : upTo(bin / 10));
  });
  const found = orderedShift(even, moved);
  expect(found.shift).toBeCloseTo(2.5, 5);
  for (const [bin, share] of found.moved.entries()) expect(share).toBeCloseTo(moved[bin] ?? 0, 6);
  // The information of a row is (1 − Σ p³) / 3: Whitehead 1993.
  expect(orderedShift(even, even)).toMatchObject({
    shift: expect.closeTo(0, 9),
    information: expect.closeTo((1 - 10 * 0.001) / 3, 6),
  });
});

test("expects each hour of the week as it usually is, and keeps a level that differs from the reference", () => {
  const random = seededRandom(1);
  const meanAt = (at: number) => 0.2 + (hourOfWeek(at) >= 120 ? 0.4 : 0);
  const seasons = fitSeasons(
    hours(672, (at) => multinomial(sharesAt(meanAt(at)), 2000, random)),
    true,
  );
  if (!seasons) throw new Error("Four weeks are enough.");
  const saturday = monday + (672 + 125) * hourMs;
  expect(isSeasonKnown(seasons, saturday)).toBe(true);
  const judge = (mean: number) =>
    seasonalTest(seasons, { at: saturday, reference, current: multinomial(sharesAt(mean), 2000, random), alpha: 1e-4 });
  // The reference lies 0.31 below what is usual over the week; a usual Saturday is 0.29 above that.
  expect(judge(0.29).isDrift).toBe(false);
  expect(judge(0.6).isDrift).toBe(true);
  expect(judge(0).isDrift).toBe(true);
  const sum = expectedShares(seasons, reference, saturday).reduce((all, share) => all + share, 0);
  expect(sum).toBeCloseTo(1, 12);
});

test("measures φ by the median, so that a bad day does not widen it, and needs ten windows", () => {
  const random = seededRandom(2);
  const grouped = () => multinomial(sharesAt(0), 200, random).map((count) => 5 * count);
  const plain = hours(336, grouped);
  const spoiled = plain.map((window, hour) =>
    hour >= 100 && hour < 124 ? { ...window, counts: multinomial(sharesAt(2), 1000, random) } : window,
  );
  for (const windows of [plain, spoiled]) {
    const seasons = fitSeasons(windows, true);
    const test = { at: monday + 336 * hourMs, reference, current: grouped(), alpha: 1e-4 };
    const phi = seasons && seasonalTest(seasons, test).phi;
    expect(phi).toBeGreaterThan(4);
    expect(phi).toBeLessThan(7);
  }
  expect(fitSeasons(plain.slice(0, 9), true)).toBeUndefined();
});

test("takes wandering means for usual, but not a move against them", () => {
  const random = seededRandom(3);
  let mean = 0;
  const wander = () => {
    mean = 0.8 * mean + 0.6 * 0.2 * normalFrom(random);
    return mean;
  };
  const seasons = fitSeasons(
    hours(672, () => multinomial(sharesAt(wander()), 1000, random)),
    true,
  );
  if (!seasons) throw new Error("Four weeks are enough.");
  const alpha = 1e-4;
  let alarms = 0;
  for (let hour = 672; hour < 4000; hour += 1) {
    const current = multinomial(sharesAt(wander()), 1000, random);
    if (seasonalTest(seasons, { at: monday + hour * hourMs, reference, current, alpha }).isDrift) alarms += 1;
  }
  expect(alarms).toBeLessThanOrEqual(3);
  const current = multinomial(sharesAt(1.5), 1000, random);
  expect(seasonalTest(seasons, { at: monday, reference, current, alpha })).toMatchObject({ isDrift: true });
});

test("widens shares of rows by groups, and follows their hours", () => {
  const random = seededRandom(4);
  const users = (share: number) => 5 * (multinomial([share, 1 - share], 200, random)[0] ?? 0);
  const atNight = (at: number) => hourOfWeek(at) % 24 < 6;
  const windows = hours(672, (at) => [users(atNight(at) ? 0.06 : 0.02)]).map(({ at, counts }) => {
    return { at, hits: counts[0] ?? 0, rows: 1000 };
  });
  const seasons = fitShareSeasons(windows);
  if (!seasons) throw new Error("Four weeks are enough.");
  expect(seasons.phi).toBeGreaterThan(4);
  expect(seasons.phi).toBeLessThan(8);
  const judge = (hour: number, hits: number) =>
    seasonalShareTest(seasons, {
      at: monday + hour * hourMs,
      hits,
      rows: 1000,
      referenceShare: 0.03,
      referenceRows: 50_000,
      alpha: 1e-5,
    });
  expect(judge(675, 70).isAlarm).toBe(false);
  expect(judge(684, 70).isAlarm).toBe(false);
  expect(judge(684, 150).isAlarm).toBe(true);
  for (const hits of [0, 60, 120, 180, 1000]) {
    const { line, isAlarm } = judge(684, hits);
    expect(isAlarm).toBe(hits / 1000 >= line);
  }
  expect(fitShareSeasons(windows.slice(0, 9))).toBeUndefined();
});
