import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import type { WindowLength } from "../../contract.ts";
import { lengthMs } from "../evaluate/budget.ts";

/** Gateways tell of a minute soon after it; a window is judged when that has had time. */
const graceMs: Record<WindowLength, number> = {
  "five-minutes": 75_000,
  hour: 3 * minuteMs,
  day: 3 * minuteMs,
  week: 3 * minuteMs,
};
/** How far back windows are judged that nobody looked at, such as while no worker ran. */
const reachMs: Record<WindowLength, number> = {
  "five-minutes": dayMs,
  hour: 30 * dayMs,
  day: 90 * dayMs,
  week: 364 * dayMs,
};
/** 1970 began on a Thursday: weeks begin on Mondays. */
const mondayMs = 4 * dayMs;

/** The start of the window that a moment lies in, UTC. Milliseconds since 1970. */
export function windowStart(length: WindowLength, at: number): number {
  const offset = length === "week" ? mondayMs : 0;
  return Math.floor((at - offset) / lengthMs[length]) * lengthMs[length] + offset;
}

interface EvaluatedSpan {
  length: WindowLength;
  /** End of the last window that was judged; null before the first. */
  evaluatedUntil: number | null;
  /** When the first row came. */
  firstAt: number;
  now: number;
}

/** Starts of the windows that are over and not judged yet, oldest first. */
export function dueWindows({ length, evaluatedUntil, firstAt, now }: EvaluatedSpan): number[] {
  const windowMs = lengthMs[length];
  const from = windowStart(length, Math.max(evaluatedUntil ?? firstAt, now - reachMs[length]));
  const end = windowStart(length, now - graceMs[length]);
  const count = Math.max(0, Math.round((end - from) / windowMs));
  return Array.from({ length: count }, (_, at) => from + at * windowMs);
}

/**
 * Windows that began since then still tell how things are: until the next one of the length should have been judged, and hours for a day, since
 * an episode is over after 24 hours below the line (docs/spec/drift.md section 7). Milliseconds since 1970.
 */
export function recentSince(length: WindowLength, now: number): number {
  return now - (lengthMs[length] <= hourMs ? dayMs : 2 * lengthMs[length]) - hourMs;
}
