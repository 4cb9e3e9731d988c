import { describe, expect, it } from "vitest";
import {
  extentTicks,
  logTicks,
  niceTicks,
  tickLabels,
  ticksWithin,
  timeTickLabel,
  timeTicks,
  valueTicks,
} from "./ticks.ts";

const seen = (labels: string[]) => labels.map((label) => label.replaceAll("\u00a0", "_"));
const series = (...values: (number | null)[]) => [
  { id: "a", label: "a", points: values.map((value, at) => ({ at, value })) },
];

describe("value ticks", () => {
  it.each([
    [0, 168, [0, 50, 100, 150, 200]],
    [0, 1.3, [0, 0.5, 1, 1.5]],
    [88.2, 92.6, [88, 90, 92, 94]],
    [0.0003, 0.0009, [0.0002, 0.0004, 0.0006, 0.0008, 0.001]],
    [-3, 4, [-4, -2, 0, 2, 4]],
  ])("covers %d to %d in 3 to 5 round steps", (low, high, expected) => {
    expect(niceTicks(low, high)).toEqual(expected);
  });

  it("returns two to five ticks that always cover the values", () => {
    for (let exponent = -6; exponent <= 9; exponent += 1) {
      for (const [low, high] of [
        [0, 1.01],
        [0.93, 0.97],
        [-7, 3.3],
        [1, 9.99],
      ] as const) {
        const ticks = niceTicks(low * 10 ** exponent, high * 10 ** exponent);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(ticks[0]).toBeLessThanOrEqual(low * 10 ** exponent + 1e-9);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high * 10 ** exponent * (1 - 1e-9));
      }
    }
  });

  it("includes thresholds, starts at zero if requested, and accepts one value or none", () => {
    expect(valueTicks(series(80, 83), { thresholds: [120], fromZero: true })).toEqual([0, 50, 100, 150]);
    expect(valueTicks(series(null))).toEqual([0, 1]);
    expect(valueTicks(series(5)).length).toBeGreaterThanOrEqual(2);
    expect(valueTicks(series(0, 0), { fromZero: true }).at(-1)).toBeGreaterThan(0);
  });

  it("adds the unit to the top label only and uses equal decimals", () => {
    expect(seen(tickLabels([0, 0.5, 1, 1.5], "%"))).toEqual(["0", "0.5", "1.0", "1.5%"]);
    expect(seen(tickLabels([0, 25, 50], ""))).toEqual(["0", "25", "50"]);
    expect(seen(tickLabels([80, 82.5, 85], "%"))).toEqual(["80.0", "82.5", "85.0%"]);
    expect(seen(tickLabels([0, 0.25, 0.5], ""))).toEqual(["0", "0.25", "0.50"]);
    expect(seen(tickLabels([0, 2000, 4000], "ms"))).toEqual(["0", "2,000", "4,000_ms"]);
  });
});

describe("step ticks", () => {
  it.each([
    [{ from: 0, to: 29 }, 3, [0, 10, 20]],
    [{ from: 0, to: 29 }, 6, [0, 5, 10, 15, 20, 25]],
    [{ from: 3, to: 1204 }, 4, [500, 1000]],
    [{ from: 0, to: 1 }, 3, [0, 0.5, 1]],
    [{ from: 7, to: 7 }, 4, [7]],
  ])("returns round ticks inside %o, at most %d", (range, most, expected) => {
    expect(ticksWithin(range, most)).toEqual(expected);
  });
});

describe("time ticks", () => {
  const from = Date.UTC(2026, 4, 10, 11, 13);
  const hour = 3_600_000;

  it("returns round moments inside the range", () => {
    const ticks = timeTicks({ from, to: from + 3 * hour }, 5);
    expect(ticks.map((at) => timeTickLabel(at, ticks, "UTC"))).toEqual(["12:00", "13:00", "14:00"]);
    const days = timeTicks({ from, to: from + 72 * hour }, 5);
    expect(days.map((at) => timeTickLabel(at, days, "UTC"))).toEqual(["11 May", "12 May", "13 May"]);
  });

  it("returns round moments in the time zone of the reader", () => {
    const ticks = timeTicks({ from, to: from + 48 * hour }, 4, 2 * hour);
    expect(timeTickLabel(ticks[0] ?? 0, ticks, "Europe/Berlin")).toMatch(/^(00|12):00$/);
  });
});

describe("logarithmic ticks", () => {
  it.each([
    [0.11, 1.8, [0.1, 0.2, 0.5, 1, 2]],
    [0.03, 2.1, [0.03, 0.1, 0.3, 1, 3]],
    [1, 1, [1, 10]],
    [3e-5, 4, [0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10]],
    [1e-12, 1e6, [1e-12, 1e-8, 1e-4, 1, 1e4, 1e8]],
  ])("covers %d to %d", (low, high, expected) => {
    const ticks = logTicks(low, high, 7);
    expect(ticks[0]).toBeLessThanOrEqual(low);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
    if (expected.length <= 6) expect(logTicks(low, high)).toEqual(expected);
  });

  it("omits values that are not above zero, and includes thresholds", () => {
    expect(extentTicks({ low: -3, high: 0.9 }, { log: true, thresholds: [0.5] })).toEqual([0.5, 1]);
    expect(tickLabels([0.1, 1, 10], "ms", true).map((label) => label.replaceAll("\u00a0", "_"))).toEqual([
      "0.1",
      "1",
      "10_ms",
    ]);
  });
});
