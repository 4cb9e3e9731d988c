import { counted, lasting, percent } from "#server/base/number-words.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { type MonitorSettings, minRows } from "../../contract.ts";
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
 * Whether requests come later after their event than they may (docs/spec/drift.md section 10): more of them than is ordinary, by the lower end of
 * the 95% interval. Order is told and not judged, since requests that run side by side overtake each other.
 */
export function checkLateEvents(
  { requests, told, late, outOfOrder }: EventTimes,
  { afterMs, maxShare }: MonitorSettings["lateEvents"],
): CheckResult {
  const named = { check: "late events" as const, feature: "", rows: told };
  if (told < minRows) {
    const words =
      requests === 0 || told > 0
        ? `${told} logged requests reported their event time: at least ${minRows} needed for a result.`
        : "No request reports its event time. Send the leeway-event-at header or the event_at parameter to detect late events.";
    return checkOf({ ...named, state: "unknown", words });
  }
  const share = late / told;
  const isBroken = late > 0 && wilsonInterval({ share, count: told }).low > maxShare;
  const order = outOfOrder === 0 ? "" : ` ${percent(outOfOrder / told)} arrived out of order.`;
  return checkOf({
    ...named,
    share,
    usual: 0,
    line: maxShare,
    severity: isBroken ? "ticket" : null,
    state: isBroken ? "broken" : late > 0 ? "small" : "whole",
    words:
      late === 0
        ? `All ${counted(told)} requests with an event time arrived within ${lasting(afterMs)} of it.${order}`
        : `${percent(share)} of requests arrived later than ${lasting(afterMs)} after their event: ${counted(late)} of ${counted(told)} with an event time, ${percent(maxShare)} expected.${order}`,
    evidence: { requests, withEventTime: told, late, outOfOrder, afterMs, reach: share },
  });
}
