import { absence, absenceMinutes } from "#server/stats/burn-rate/absence.ts";
import type { SloState } from "../../objectives/contract.ts";
import { type CountedSlo, knownUntil, minuteOf, sloEvents } from "./events.ts";

/**
 * Evaluates whether nothing is counted any more at a time with usual traffic (docs/spec/slo.md section 4.4). Needs the minutes of the
 * last four weeks; with less than a day there is no usual value yet. Null when the rules do not require it. The usual value is the number
 * of events in that many minutes.
 */
export function readAbsence(slo: CountedSlo): SloState["absent"] {
  const { absent } = slo.definition.rules;
  if (!absent) return null;
  const events = sloEvents(slo);
  const at = minuteOf(events, knownUntil(slo.definition, slo.now));
  return absence(events.traffic, at, absent.minutes ?? absenceMinutes(events.traffic, at), events.left);
}
