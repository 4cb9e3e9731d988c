import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";

export interface QualityView {
  /** Parameters that the range is in, as the address has them; without them it is the usual one. */
  held?: Readonly<Record<string, string>> | undefined;
  metric?: QualityMetric | undefined;
  /** "carrier=UA"; undefined is all rows. */
  segment?: string | undefined;
}

/** Returns the address of the quality of all endpoints. */
export function qualityHref(range?: { key: string }): string {
  return range === undefined ? "/endpoints?view=quality" : `/endpoints?view=quality&range=${range.key}`;
}

/** Returns the path of an endpoint's quality page for a view. */
export function endpointQualityHref(endpoint: string, view?: QualityView): string {
  const query = new URLSearchParams(view?.held);
  if (view?.metric) query.set("metric", view.metric);
  if (view?.segment) query.set("segment", view.segment);
  const text = query.toString();
  return `${endpointTabHref(endpoint, "quality")}${text ? `?${text}` : ""}`;
}
