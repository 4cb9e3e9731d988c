import { minuteMs } from "#server/base/durations.ts";
import { absence } from "#server/stats/burn-rate/absence.ts";
import type { SloState } from "../../objectives/contract.ts";
import { type CountedSlo, knownUntil, minuteOf, sloEvents } from "./events.ts";

/**
 * Evaluates whether nothing is counted any more at a time with usual traffic (docs/spec/slo.md section 4.4). Needs the minutes of the
 * last four weeks; with less than three days, silence cannot be told from chance yet. Null when the rules do not require it.
 */
export function readAbsence(slo: CountedSlo): SloState["absent"] {
  const { absent } = slo.definition.rules;
  if (!absent) return null;
  const events = sloEvents(slo);
  const at = minuteOf(events, knownUntil(slo.definition, slo.now));
  const startMinute = Math.floor(events.start / minuteMs);
  return absence(events.traffic, at, { startMinute, minMinutes: absent.minutes, left: events.left });
}
