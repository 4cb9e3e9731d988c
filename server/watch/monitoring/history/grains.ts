import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import type { Grain } from "./contract.ts";

export const grainMs: Record<Grain, number> = { minute: minuteMs, hour: hourMs, day: dayMs };

/** Retention of each grain, in milliseconds. */
export const retentionMs: Record<Grain, number> = { minute: 3 * dayMs, hour: 35 * dayMs, day: 731 * dayMs };

/** Returns the start of the interval that contains a time; days are UTC. @param at milliseconds since 1970 */
export function floorTo(at: number, grain: Grain): number {
  return Math.floor(at / grainMs[grain]) * grainMs[grain];
}

export function ceilTo(at: number, grain: Grain): number {
  return Math.ceil(at / grainMs[grain]) * grainMs[grain];
}

/** Returns the finest grain that is completely stored from a time on. */
function grainSince(at: number, now: number): Grain {
  if (at >= floorTo(now - retentionMs.minute, "hour")) return "minute";
  return at >= floorTo(now - retentionMs.hour, "day") ? "hour" : "day";
}

/** A span of milliseconds since 1970; the end is not in it. */
export interface Span {
  from: number;
  to: number;
}

/** Widens a time range to boundaries of stored data. */
export function retainedSpan({ from, to }: Span, now: number): Span {
  return { from: floorTo(from, grainSince(from, now)), to: ceilTo(to, grainSince(to, now)) };
}

/** Returns the parts of a range not covered by pieces of equal length. @param starts of the pieces. @param pieceMs length of each piece */
export function gapsIn({ from, to }: Span, starts: Iterable<number>, pieceMs: number): Span[] {
  const gaps: Span[] = [];
  let at = from;
  for (const start of [...new Set(starts)].sort((a, b) => a - b)) {
    if (start > at) gaps.push({ from: at, to: start });
    at = Math.max(at, start + pieceMs);
  }
  if (at < to) gaps.push({ from: at, to });
  return gaps;
}
