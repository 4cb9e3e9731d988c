import { formatSignificant } from "#server/base/format-number.ts";
import type { VersionCost } from "./contract.ts";
import type { UnservedVersion } from "./read-unserved.ts";

/** What time of cores costs behind an endpoint. */
interface CoreTime {
  /** Of a core-hour; null without a price. */
  perCoreHour: number | null;
  /** What the endpoint's machines cost for each unit of what runs cost: waiting is paid, too. */
  withWaiting: number;
}

/**
 * A version that never answered, beside those that did: right as often as on its reference, or as a gate measured; as slow as in its load test;
 * and as dear as its runs there would be with the endpoint's own share of waiting. What was not measured is null.
 */
export function unservedCost(one: UnservedVersion, { perCoreHour, withWaiting }: CoreTime): VersionCost {
  const { versionId, modelName, version, latencyMsP95, computeMs, requestsPerSecond } = one;
  const correctShare = one.referenceAccuracy ?? one.gateAccuracy;
  const perThousand =
    perCoreHour === null || computeMs === null ? null : (computeMs / 3.6e6) * 1000 * perCoreHour * withWaiting;
  const isByReference = one.referenceAccuracy !== null;
  return {
    versionId,
    modelName,
    version,
    isCurrent: false,
    spent: 0,
    answered: 0,
    perThousand,
    deviceMs: computeMs,
    latencyMsP95,
    labelled: isByReference ? (one.referenceRows ?? 0) : 0,
    correctShare,
    perThousandCorrect: perThousand !== null && correctShare ? perThousand / correctShare : null,
    measuredBy: {
      quality: correctShare === null ? null : isByReference ? "its reference" : "a gate",
      latency:
        latencyMsP95 === null ? null : `a load test at ${formatSignificant(requestsPerSecond ?? 0, 3)} requests/s`,
    },
    isOnFront: false,
  };
}
