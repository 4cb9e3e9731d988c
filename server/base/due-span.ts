import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import type { Span } from "./span.ts";

interface EvaluatedSpan {
  /** Time of the last count, in milliseconds since 1970; null before the first one. */
  countedUntil: number | null;
  now: number;
  /** Spreads the longer looks of many series: any number of milliseconds, the same for one series each time. */
  offset: number;
}

/** Each look counts the last quarter of an hour again; others reach further back, since gateways that were cut off tell later. */
const formats = [
  { everyMs: dayMs, reachMs: 8 * dayMs },
  { everyMs: hourMs, reachMs: 26 * hourMs },
  { everyMs: 10 * minuteMs, reachMs: 3 * hourMs },
];
const minMs = 15 * minuteMs;

/** Reach of the first count of a new series; the rest of its history follows. */
const firstReachMs = 26 * hourMs;

/** Returns the minutes to count now: those that may have changed since the last count, and one more for clocks that run ahead. */
export function dueSpan({ countedUntil, now, offset }: EvaluatedSpan): Span {
  const to = (Math.floor(now / minuteMs) + 2) * minuteMs;
  const minuteBefore = (reachMs: number, at: number) => Math.floor((at - reachMs) / minuteMs) * minuteMs;
  if (countedUntil === null) return { from: minuteBefore(firstReachMs, now), to };
  const turnOf = (at: number, everyMs: number) => Math.floor((at + offset) / everyMs);
  const due = formats.find(({ everyMs }) => turnOf(now, everyMs) !== turnOf(countedUntil, everyMs));
  const from = Math.min(minuteBefore(due?.reachMs ?? minMs, now), minuteBefore(minMs, countedUntil));
  return { from, to };
}
