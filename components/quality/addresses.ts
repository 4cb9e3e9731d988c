import type { QualityMetric } from "#server/monitoring/quality/metrics/contract.ts";
import { type QualityRange, qualityRanges } from "./ranges.ts";

export interface QualityView {
  range: QualityRange;
  metric?: QualityMetric | undefined;
  /** "carrier=UA"; undefined is all rows. */
  segment?: string | undefined;
}

/** Quality of all endpoints. */
export function qualityHref(range?: QualityRange): string {
  return range === undefined || range === qualityRanges[1] ? "/quality" : `/quality?range=${range.key}`;
}

/** Quality of one endpoint, as it is looked at. */
export function endpointQualityHref(endpoint: string, view?: Partial<QualityView>): string {
  const query = new URLSearchParams();
  if (view?.range && view.range !== qualityRanges[1]) query.set("range", view.range.key);
  if (view?.metric) query.set("metric", view.metric);
  if (view?.segment) query.set("segment", view.segment);
  const text = query.toString();
  return `/quality/${encodeURIComponent(endpoint)}${text ? `?${text}` : ""}`;
}
