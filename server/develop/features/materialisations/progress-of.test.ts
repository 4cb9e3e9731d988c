import { expect, test } from "vitest";
import { progressOf } from "./progress-of.ts";

const startedAt = new Date("2026-03-01T12:00:00Z");
const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
const running = { state: "running", rowsTotal: 1000, rowsRead: 250, startedAt, endedAt: null } as const;

test("estimates the time left from the speed since the start", () => {
  expect(progressOf(running, after(10))).toEqual({ rowsPerSecond: 25, secondsLeft: 30 });
  expect(progressOf({ ...running, rowsTotal: null }, after(10))).toEqual({ rowsPerSecond: 25, secondsLeft: null });
  expect(progressOf({ ...running, rowsTotal: 200 }, after(10))).toEqual({ rowsPerSecond: 25, secondsLeft: 0 });
});

test("has no speed before the first rows, and keeps that of one that has ended", () => {
  const none = { rowsPerSecond: null, secondsLeft: null };
  expect(progressOf({ ...running, rowsRead: 0 }, after(10))).toEqual(none);
  expect(progressOf({ ...running, startedAt: null }, after(10))).toEqual(none);
  expect(progressOf(running, startedAt)).toEqual(none);
  expect(progressOf({ ...running, state: "done", endedAt: after(5) }, after(999))).toEqual({
    rowsPerSecond: 50,
    secondsLeft: null,
  });
});
