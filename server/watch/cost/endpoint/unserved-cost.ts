import { formatSignificant } from "#server/base/format-number.ts";
import type { VersionCost } from "./contract.ts";
import type { UnservedVersion } from "./read-unserved.ts";

/** Cost of core time for an endpoint. */
interface CoreTime {
  /** Price of a core-hour; null without a price. */
  perCoreHour: number | null;
  /** Cost of the endpoint's machines per unit of cost of its runs; includes idle time. */
  withWaiting: number;
}

/**
 * Estimates a version that never served, for comparison with those that did: accuracy as on its reference or measured by a gate,
 * latency as in its load test, and the cost of its runs there with the endpoint's own share of idle cost. Anything not measured is
 * null.
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
