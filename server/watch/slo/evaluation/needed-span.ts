import { dayMs, minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import { knownUntil } from "../engine/events.ts";
import { periodAt } from "../engine/periods.ts";

/** Absence compares with the same minutes of four weeks, and looks back a day at most. */
const absenceMs = 29 * dayMs;

/**
 * Which minutes a reading of an SLO needs: its period, the longest window of its rules, and four weeks where absence is watched.
 * @param end of the last minute, which may be under way; milliseconds since 1970
 */
export function neededSpan(definition: SloDefinition, end: number): Span {
  const at = knownUntil(definition, end);
  const { tiers, absent } = definition.rules;
  const longest = Math.max(0, ...tiers.map(({ longMinutes, forMinutes }) => longMinutes + forMinutes)) * minuteMs;
  const from = Math.min(periodAt(definition.period, at).start, at - longest, absent ? at - absenceMs : at);
  return { from: Math.floor(from / minuteMs) * minuteMs, to: end };
}
