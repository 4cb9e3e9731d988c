import { expect, test } from "vitest";
import { nextRelease, releases, type SeenRollout } from "./next-release.ts";

const { float32, int8, wrongNormalisation, shortTable } = releases;
const now = Date.parse("2026-03-01T12:00:00Z");
const ended = (version: number, secondsAgo: number, phase = "rolled-back"): SeenRollout => ({
  canary: { version },
  phase,
  endedAt: new Date(now - secondsAgo * 1000).toISOString(),
});
const going = (version: number): SeenRollout => ({ canary: { version }, phase: "stepping", endedAt: null });

test("releases the good version first, then the two faulty ones, each a little later", () => {
  expect(nextRelease({ rollouts: [], serving: float32, now })).toBe(int8);
  expect(nextRelease({ rollouts: [ended(int8, 19)], serving: int8, now })).toBeUndefined();
  expect(nextRelease({ rollouts: [ended(int8, 20)], serving: int8, now })).toBe(wrongNormalisation);
  const two = [ended(wrongNormalisation, 20), ended(int8, 100)];
  expect(nextRelease({ rollouts: two, serving: int8, now })).toBe(shortTable);
});

test("waits longer after the first three, and alternates the good versions", () => {
  const rest = [ended(wrongNormalisation, 500), ended(int8, 600)];
  expect(nextRelease({ rollouts: [ended(shortTable, 179), ...rest], serving: int8, now })).toBeUndefined();
  expect(nextRelease({ rollouts: [ended(shortTable, 180), ...rest], serving: int8, now })).toBe(float32);
  expect(nextRelease({ rollouts: [ended(float32, 180, "promoted"), ...rest], serving: float32, now })).toBe(
    wrongNormalisation,
  );
});

test("waits for rollouts that users started, and keeps what they promoted", () => {
  expect(nextRelease({ rollouts: [going(4)], serving: int8, now })).toBeUndefined();
  expect(nextRelease({ rollouts: [ended(4, 20)], serving: int8, now })).toBe(float32);
  expect(nextRelease({ rollouts: [ended(4, 1000, "promoted")], serving: 4, now })).toBeUndefined();
  expect(nextRelease({ rollouts: [], serving: undefined, now })).toBeUndefined();
});

test("ends with a last release", () => {
  const rollouts = Array.from({ length: 39 }, () => ended(shortTable, 1000));
  expect(nextRelease({ rollouts, serving: int8, now })).toBe(float32);
  expect(nextRelease({ rollouts: [...rollouts, ended(int8, 2000)], serving: int8, now })).toBeUndefined();
});
