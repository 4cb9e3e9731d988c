import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import type { WindowLength } from "../../contract.ts";
import { lengthMs } from "../evaluate/budget.ts";

/** Delay before a window is evaluated: gateways report a minute shortly after its end. */
const graceMs: Record<WindowLength, number> = {
  "five-minutes": 75_000,
  hour: 3 * minuteMs,
  day: 3 * minuteMs,
  week: 3 * minuteMs,
};
/** Time range in the past within which missed windows are evaluated, for example while no worker ran. */
const reachMs: Record<WindowLength, number> = {
  "five-minutes": dayMs,
  hour: 30 * dayMs,
  day: 90 * dayMs,
  week: 364 * dayMs,
};
/** 1970 began on a Thursday; weeks begin on Mondays. */
const mondayMs = 4 * dayMs;

/** Returns the start of the window that contains a time, UTC. Milliseconds since 1970. */
export function windowStart(length: WindowLength, at: number): number {
  const offset = length === "week" ? mondayMs : 0;
  return Math.floor((at - offset) / lengthMs[length]) * lengthMs[length] + offset;
}

interface EvaluatedSpan {
  length: WindowLength;
  /** End of the last evaluated window; null before the first. */
  evaluatedUntil: number | null;
  /** Time of the first row. */
  firstAt: number;
  now: number;
}

/** Returns the starts of past windows that are not evaluated yet, oldest first. */
export function dueWindows({ length, evaluatedUntil, firstAt, now }: EvaluatedSpan): number[] {
  const windowMs = lengthMs[length];
  const from = windowStart(length, Math.max(evaluatedUntil ?? firstAt, now - reachMs[length]));
  const end = windowStart(length, now - graceMs[length]);
  const count = Math.max(0, Math.round((end - from) / windowMs));
  return Array.from({ length: count }, (_, at) => from + at * windowMs);
}

/**
 * Returns the earliest start of windows that still describe the current state: until the next one of the length should have been
 * evaluated, and hours for a day, since an episode ends after 24 hours below the threshold (docs/spec/drift.md section 7). Milliseconds
 * since 1970.
 */
export function recentSince(length: WindowLength, now: number): number {
  return now - (lengthMs[length] <= hourMs ? dayMs : 2 * lengthMs[length]) - hourMs;
}
