import type { Fault } from "#server/serve/faults/contract.ts";
import { bucketOf, countOf, type Histogram } from "#server/stats/histogram.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";

/** A delay that varies is taken as this many equally likely ones. */
const delaySteps = 5;

/**
 * Returns the share of affected events that a fault makes bad for an SLI, 0 to 1; null where that is not known before, or the SLI does not
 * see the fault.
 * @param latencies of the endpoint at this hour, in milliseconds
 */
export function badShareOf(fault: Fault, indicator: Indicator, latencies: Histogram): number | null {
  if (fault.kind === "errors") return seesErrors(fault, indicator) ? 1 : null;
  if (fault.kind !== "latency" || indicator.kind !== "latency") return null;
  const { delayMs, jitterMs } = fault;
  const shares = Array.from({ length: delaySteps }, (_, step) => {
    const delay = Math.max(0, delayMs + jitterMs * ((2 * (step + 0.5)) / delaySteps - 1));
    return shareAbove(latencies, indicator.withinMs - delay);
  });
  return shares.reduce((sum, share) => sum + share, 0) / delaySteps;
}

/** Only server errors are bad, and for latency only where the SLO says so. */
function seesErrors({ status }: Extract<Fault, { kind: "errors" }>, indicator: Indicator): boolean {
  if (status < 500) return false;
  return indicator.kind === "availability" || (indicator.kind === "latency" && indicator.countsFailures);
}

/** Returns the share of responses that take longer than a limit. Without any measured, those within any limit above 0 are not late. */
function shareAbove(latencies: Histogram, limitMs: number): number {
  if (limitMs <= 0) return 1;
  const total = countOf(latencies);
  if (total === 0) return 0;
  const limit = bucketOf(limitMs);
  const above = Object.entries(latencies).reduce(
    (sum, [bucket, count]) => sum + (Number(bucket) > limit ? count : 0),
    0,
  );
  return above / total;
}
