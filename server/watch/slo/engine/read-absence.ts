import { absence, absenceMinutes } from "#server/stats/burn-rate/absence.ts";
import type { SloState } from "../../objectives/contract.ts";
import { type CountedSlo, knownUntil, minuteOf, sloEvents } from "./events.ts";

/**
 * Whether nothing is counted any more where usually something is (docs/spec/slo.md section 4.4). Needs the minutes of the last four weeks; with
 * less than a day nothing is usual yet. Null where the rules do not ask. What is usual is events in that many minutes.
 */
export function readAbsence(slo: CountedSlo): SloState["absent"] {
  const { absent } = slo.definition.rules;
  if (!absent) return null;
  const events = sloEvents(slo);
  const at = minuteOf(events, knownUntil(slo.definition, slo.now));
  return absence(events.traffic, at, absent.minutes ?? absenceMinutes(events.traffic, at), events.left);
}
