import { formatDuration, percent } from "#server/base/format-number.ts";
import { minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";

/** Requests with a feature time, against one age limit. */
export interface AgeCount {
  limitMs: number;
  within: number;
  seen: number;
}

/** Share of requests with stale features that means stale features without a fallback and pages (docs/spec/alerting.md section 17). */
const staleShare = 0.5;

/**
 * Checks whether features are too old, by the strictest limit of any SLO. The SLO's budget covers less than half of the requests.
 * @param counts of the latest minutes, one per limit
 */
export function checkFreshness(counts: readonly AgeCount[]): CheckResult {
  const named = { check: "stale features" as const, feature: "" };
  const [strictest] = counts.toSorted((a, b) => a.limitMs - b.limitMs);
  if (!strictest || strictest.seen < minRows) {
    const words = strictest
      ? `${strictest.seen} requests reported the age of their features: at least ${minRows} needed for a result.`
      : "No SLO limits feature age, or no request reports it.";
    return checkOf({ ...named, state: "unknown", rows: strictest?.seen ?? 0, words });
  }
  const { limitMs, within, seen } = strictest;
  const share = (seen - within) / seen;
  const isBroken = share >= staleShare;
  return checkOf({
    ...named,
    rows: seen,
    share,
    line: staleShare,
    state: isBroken ? "broken" : share > 0 ? "small" : "whole",
    severity: isBroken ? "page" : null,
    words: `${percent(share)} of requests used features older than ${formatDuration(limitMs)}${isBroken ? "" : "; counted by its SLO"}.`,
    evidence: { limitMs, within, seen, reach: share },
  });
}
