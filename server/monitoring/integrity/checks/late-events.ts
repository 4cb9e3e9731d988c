import { counted, lasting, percent } from "#server/number-words.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { fewestRows, type MonitorSettings } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";

/** Sampled requests of a span by when what they are about happened. */
export interface EventTimes {
  requests: number;
  /** Of them, those that said when; and of those, the ones that came later than the limit, and the ones about something before what came before them. */
  told: number;
  late: number;
  outOfOrder: number;
}

/**
 * Whether requests come later after their event than they may (drift.md section 10): more of them than is ordinary, by the lower end of the 95 %
 * interval. Order is told and not judged, since requests that run side by side overtake each other.
 */
export function checkLateEvents(
  { requests, told, late, outOfOrder }: EventTimes,
  { afterMs, mostShare }: MonitorSettings["lateEvents"],
): CheckResult {
  const named = { check: "late events" as const, feature: "", rows: told };
  if (told < fewestRows) {
    const words =
      requests === 0 || told > 0
        ? `${told} requests in the log said when their event happened: no verdict below ${fewestRows}.`
        : "No request says when its event happened. Send the header leeway-event-at or the parameter event_at to have late ones seen.";
    return checkOf({ ...named, state: "unknown", words });
  }
  const share = late / told;
  const isBroken = late > 0 && wilsonInterval({ share, count: told }).low > mostShare;
  const order = outOfOrder === 0 ? "" : ` ${percent(outOfOrder / told)} came after something that happened later.`;
  return checkOf({
    ...{ ...named, share, usual: 0, line: mostShare, severity: isBroken ? "ticket" : null },
    state: isBroken ? "broken" : late > 0 ? "small" : "whole",
    words:
      late === 0
        ? `All ${counted(told)} requests that said when their event happened came within ${lasting(afterMs)} of it.${order}`
        : `${percent(share)} of requests came later than ${lasting(afterMs)} after their event: ${counted(late)} of ${counted(told)} that said when, ${percent(mostShare)} is ordinary.${order}`,
    evidence: { requests, told, late, outOfOrder, afterMs, reach: share },
  });
}
