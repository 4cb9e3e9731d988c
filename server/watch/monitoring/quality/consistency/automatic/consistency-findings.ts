import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import { type MonitorSettings, minRows } from "../../../contract.ts";
import type { NewFinding } from "../../../findings/contract.ts";
import type { ConsistencyResult } from "../contract.ts";
import type { ServedPair } from "./served-pair.ts";

/**
 * Returns a finding if two versions disagree on a larger share of client requests than is acceptable: the lower end of the 95% interval is
 * above the threshold. The severity is ticket because a better version disagrees, too.
 */
export function consistencyFindings(
  { before, now, occasion }: ServedPair,
  { compared, disagreeing, share, interval, largestDifference, examples }: ConsistencyResult,
  { maxDisagreement }: MonitorSettings["consistency"],
): NewFinding[] {
  if (share === null || interval === null || compared < minRows || interval.low <= maxDisagreement) return [];
  const served = occasion === "rollout" ? "which serves alongside it" : "which served before it";
  return [
    {
      key: `versions:${before.versionId}:${now.versionId}`,
      kind: "versions disagree",
      versionId: now.versionId,
      severity: "ticket",
      words: `v${now.version} gives a different prediction than v${before.version}, ${served}, for ${percent(share)} of ${formatCount(compared)} recorded requests (${percent(interval.low)} to ${percent(interval.high)}); the limit is ${percent(maxDisagreement)}. The largest numeric difference is ${formatSignificant(largestDifference, 3)}.`,
      evidence: {
        share,
        interval,
        compared,
        disagreeing,
        line: maxDisagreement,
        largestDifference,
        examples,
        before: before.versionId,
        occasion,
        reach: share,
      },
    },
  ];
}
