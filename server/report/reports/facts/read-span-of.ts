import { type NamedPeriod, spanOf, stepped } from "../periods.ts";
import type { ReadSpan } from "./objectives.ts";

/** Returns the elapsed part of a period. @param now milliseconds since 1970 */
export function readSpanOf(named: NamedPeriod, timeZone: string, now: number): ReadSpan {
  const { from, to } = spanOf(named, timeZone);
  const previous = spanOf(stepped(named, -1), timeZone).from;
  return { from, to, until: Math.min(to, now), previous, now, timeZone };
}
