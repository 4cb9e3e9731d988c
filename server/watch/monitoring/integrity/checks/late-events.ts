import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { type MonitorSettings, minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";

/** Sampled requests of a span by when what they are about happened. */
export interface EventTimes {
  requests: number;
  /** Requests with an event time; of those, the ones past the limit, and the ones older than an earlier request's event. */
  withEventTime: number;
  late: number;
  outOfOrder: number;
}

/**
 * Checks whether requests arrive too late after their event (docs/spec/drift.md section 10): more of them than usual, by the lower bound
 * of the 95% interval. Order is reported but not evaluated, since concurrent requests overtake each other.
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
