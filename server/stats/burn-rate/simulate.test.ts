import { expect, test } from "vitest";
import { isImprobable } from "./gate.ts";
import { medianMinutes, simulateDetection, simulatePages } from "./simulate.ts";

// Short forms of the full measurement by `npm run bench -- slo-simulation`.

test("pages falsely three times a month at 10 requests an hour and 99.9%, and almost never with the gate", () => {
  const service = { perHour: 10, target: 0.999, burn: 0.5, months: 100, seed: 7 };
  expect(simulatePages({ ...service, gate: null })).toBeGreaterThan(2.5);
  expect(simulatePages({ ...service, gate: 1e-3 })).toBeLessThanOrEqual(0.1);
});

test("pages falsely at most once in ten months at 100 requests an hour and 99.9%, or 10 and 99%", () => {
  const service = { burn: 0.5, months: 150, seed: 7, gate: 1e-3 };
  expect(simulatePages({ ...service, perHour: 100, target: 0.999 })).toBeLessThanOrEqual(0.1);
  expect(simulatePages({ ...service, perHour: 10, target: 0.99 })).toBeLessThanOrEqual(0.1);
});

test("detects every outage at its second failure at 10 requests an hour, half of them within 10 minutes", () => {
  const found = simulateDetection({ perHour: 10, target: 0.999, errorRate: 1, outages: 3000, gate: 1e-3, seed: 7 });
  expect(found).not.toContain(null);
  // The second event of a Poisson process arrives within 10 minutes with probability 1 − e^(−5/3)(1 + 5/3): its median is 10.07
  // minutes.
  const soon = found.filter((minutes) => minutes !== null && minutes <= 10).length / found.length;
  expect(Math.abs(soon - (1 - Math.exp(-10 / 6) * (1 + 10 / 6)))).toBeLessThan(0.03);
  expect(Math.round(medianMinutes(found))).toBeLessThanOrEqual(10);
});

test("decides the same with and without the gate at 1,000 requests an hour", () => {
  for (const errorRate of [1, 0.2, 0.05]) {
    const service = { perHour: 1000, target: 0.999, errorRate, outages: 100, seed: 7, maxMinutes: 120 };
    expect(simulateDetection({ ...service, gate: 1e-3 })).toEqual(simulateDetection({ ...service, gate: null }));
  }
  // With that many events in the window, every burn rate above a page's factor is significant: from 800 an hour on, far below the
  // actual traffic.
  for (let total = 800; total <= 30_000; total += 1) {
    expect(isImprobable({ bad: Math.floor(14.4 * 0.001 * total) + 1, total }, 0.001, 1e-3)).toBe(true);
    if (total >= 4800) expect(isImprobable({ bad: Math.floor(6 * 0.001 * total) + 1, total }, 0.001, 1e-3)).toBe(true);
  }
});

test("places the median within the minute in which half are detected", () => {
  expect(medianMinutes([1, 2, 2, 3])).toBe(1.5);
  expect(medianMinutes([3, null, null])).toBe(Number.POSITIVE_INFINITY);
});
