import { expect, test } from "vitest";
import { triageRange } from "./triage-range.ts";

const now = Date.UTC(2026, 4, 21, 2, 52);
const minute = 60_000;

test("ends a range now, or at the time asked for, but not after now", () => {
  expect(triageRange({ minutes: 60 }, undefined, now)).toEqual({ from: now - 60 * minute, to: now });
  const until = new Date(now - 10 * minute);
  expect(triageRange({ minutes: 60, until }, undefined, now)).toEqual({ from: now - 70 * minute, to: until.getTime() });
  expect(triageRange({ minutes: 60, until: new Date(now + minute) }, undefined, now).to).toBe(now);
});

test("begins a range at the last deployment, between a quarter of an hour and a week long", () => {
  const since = (deployedAt: number | undefined) => triageRange({ minutes: 60, since: "deploy" }, deployedAt, now).from;
  expect(since(now - 42 * minute)).toBe(now - 42 * minute);
  expect(since(now - minute)).toBe(now - 15 * minute);
  expect(since(now - 9 * 1440 * minute)).toBe(now - 7 * 1440 * minute);
  expect(since(undefined)).toBe(now - 60 * minute);
});
