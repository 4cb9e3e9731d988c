import type { Indicator } from "../../objectives/indicators/contract.ts";

/**
 * Returns what it is about and the indicator as one canonical text: SLOs with the same text share their counts, and another threshold is another
 * series.
 * @returns null for indicators that are not counted
 */
export function seriesKey(indicator: Indicator): string | null {
  switch (indicator.kind) {
    case "latency":
      return join(indicator, String(indicator.withinMs), indicator.countsFailures ? "with-failures" : "answered");
    case "freshness":
      return join(indicator, String(indicator.maxAgeMs));
    case "feature-freshness": {
      const { kind, viewId, endpointId, atMostMs, countsMissing } = indicator;
      return [kind, viewId ?? "*", endpointId ?? "*", atMostMs, countsMissing ? "with-missing" : "found"].join(" ");
    }
    case "view-lag":
      return `view-lag ${indicator.viewId} ${indicator.atMostMs}`;
    case "realised-quality":
      return join(indicator, String(indicator.maturityMs), String(indicator.tolerance ?? "same"));
    case "label-timeliness":
      return join(indicator, String(indicator.maturityMs), ...(indicator.of === "sampled" ? [] : [indicator.of]));
    case "cost":
      return join(indicator, String(indicator.maxCostPer1000));
    case "posted":
      return `posted ${indicator.source}`;
    case "foreign":
      return null;
    default:
      return join(indicator);
  }
}

function join({ kind, endpointId }: { kind: string; endpointId: string }, ...rest: string[]): string {
  return [kind, endpointId, ...rest].join(" ");
}
