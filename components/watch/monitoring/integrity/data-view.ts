import { fitRange } from "#components/serve/endpoints/fit-range.ts";
import { endpointTabHref } from "#server/serve/endpoints/contract.ts";
import { type IntegrityRange, integrityRanges } from "#server/watch/monitoring/integrity/contract.ts";

/** View of an endpoint's data page, stored in its URL. */
export interface IntegrityView {
  range: IntegrityRange;
  segment: string;
  /** Feature whose checks are shown next to the list; "" selects the worst one. */
  feature: string;
  show: "all" | "wrong";
}

type Given = Record<string, string | string[] | undefined>;

export const rangeLabels: Record<IntegrityRange, string> = {
  "1h": "hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

const choices = integrityRanges.map((key) => ({ key, label: rangeLabels[key] }));

/** Reads the view from a URL; unknown values are replaced by defaults. */
export function readIntegrityView(given: Given): IntegrityView {
  const one = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  return {
    range: fitRange(given, choices)?.key ?? "24h",
    segment: one("segment"),
    feature: one("feature"),
    show: one("show") === "wrong" ? "wrong" : "all",
  };
}

/** Returns the address of the page with some changes. */
export function dataHref(endpoint: string, view: IntegrityView, change: Partial<IntegrityView> = {}): string {
  const { range, segment, feature, show } = { ...view, ...change };
  const query = new URLSearchParams({
    ...(range !== "24h" && { range }),
    ...(segment !== "" && { segment }),
    ...(feature !== "" && { feature }),
    ...(show !== "all" && { show }),
  });
  const text = query.toString();
  return `${endpointTabHref(endpoint, "data")}${text ? `?${text}` : ""}`;
}
