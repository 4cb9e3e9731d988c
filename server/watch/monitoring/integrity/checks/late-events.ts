import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { type MonitorSettings, minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";

/** Sampled requests of a span by when what they are about happened. */
export interface EventTimes {
  requests: number;
  /** Of them, those that said when; and of those, the ones that came later than the limit, and the ones about something before what came before them. */
  withEventTime: number;
  late: number;
  outOfOrder: number;
}

/**
 * Whether requests come later after their event than they may (docs/spec/drift.md section 10): more of them than is ordinary, by the lower end of
 * the 95% interval. Order is told and not judged, since requests that run side by side overtake each other.
 */
export function checkLateEvents(
  { requests, withEventTime, late, outOfOrder }: EventTimes,
  { afterMs, maxShare }: MonitorSettings["lateEvents"],
): CheckResult {
  const named = { check: "late events" as const, feature: "", rows: withEventTime };
  if (withEventTime < minRows) {
    const words =
      requests === 0 || withEventTime > 0
        ? `${withEventTime} logged requests reported their event time: at least ${minRows} needed for a result.`
        : "No request reports its event time. Send the leeway-event-at header or the event_at parameter to detect late events.";
    return checkOf({ ...named, state: "unknown", words });
  }
  const share = late / withEventTime;
  const isBroken = late > 0 && wilsonInterval({ share, count: withEventTime }).low > maxShare;
  const order = outOfOrder === 0 ? "" : ` ${percent(outOfOrder / withEventTime)} arrived out of order.`;
  return checkOf({
    ...named,
    share,
    usual: 0,
    line: maxShare,
    severity: isBroken ? "ticket" : null,
    state: isBroken ? "broken" : late > 0 ? "small" : "whole",
    words:
      late === 0
        ? `All ${formatCount(withEventTime)} requests with an event time arrived within ${formatDuration(afterMs)} of it.${order}`
        : `${percent(share)} of requests arrived later than ${formatDuration(afterMs)} after their event: ${formatCount(late)} of ${formatCount(withEventTime)} with an event time, ${percent(maxShare)} expected.${order}`,
    evidence: { requests, withEventTime, late, outOfOrder, afterMs, reach: share },
  });
}
