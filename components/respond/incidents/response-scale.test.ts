import { expect, test } from "vitest";
import { barParts, responseTimes, scaleEnd } from "./response-scale.ts";

const start = new Date("2026-05-21T00:39:00Z");
const after = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const minute = 60_000;
const incident = {
  startedAt: start,
  detectedAt: after(7),
  acknowledgedAt: after(14),
  mitigatedAt: after(16),
  resolvedAt: after(30),
  closedAt: null,
};

test("measures a response from the start, until the impact was over", () => {
  expect(responseTimes(incident, 0)).toEqual({
    detected: 7 * minute,
    acknowledged: 14 * minute,
    lasted: 16 * minute,
    isOpen: false,
  });
});

test("measures an open one until now", () => {
  const open = { ...incident, acknowledgedAt: null, mitigatedAt: null, resolvedAt: null };
  const times = responseTimes(open, after(20).getTime());
  expect(times).toEqual({ detected: 7 * minute, acknowledged: null, lasted: 20 * minute, isOpen: true });
});

test("ends the scale at a quarter of an hour, and cuts what is much longer than the others", () => {
  expect(scaleEnd([])).toBe(15 * minute);
  expect(scaleEnd([5 * minute, 26 * minute, 41 * minute])).toBe(45 * minute);
  expect(scaleEnd([5 * minute, 10 * minute, 600 * minute])).toBe(45 * minute);
});

test("draws the parts as shares of the scale", () => {
  const times = responseTimes(incident, 0);
  const parts = barParts(times, 20 * minute);
  expect(parts.detect).toBeCloseTo(0.35);
  expect(parts.acknowledge).toBeCloseTo(0.35);
  expect(parts.resolve).toBeCloseTo(0.1);
  expect(parts.isCut).toBe(false);
  expect(barParts(times, 10 * minute)).toMatchObject({ isCut: true, resolve: 0 });
});
