import { type IntegrityRange, integrityRanges } from "#server/watch/monitoring/integrity/contract.ts";

/** What somebody looks at on the page of an endpoint's data, kept in its address. */
export interface IntegrityView {
  range: IntegrityRange;
  segment: string;
  /** Whose checks are shown beside the list; "" takes the worst one. */
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

/** What the address says; what it does not know is as usual. */
export function readIntegrityView(given: Given): IntegrityView {
  const one = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  return {
    range: integrityRanges.find((range) => range === one("range")) ?? "24h",
    segment: one("segment"),
    feature: one("feature"),
    show: one("show") === "wrong" ? "wrong" : "all",
  };
}

/** The address of the page with some of it changed. */
export function dataHref(endpoint: string, view: IntegrityView, change: Partial<IntegrityView> = {}): string {
  const { range, segment, feature, show } = { ...view, ...change };
  const query = new URLSearchParams({
    ...(range !== "24h" && { range }),
    ...(segment !== "" && { segment }),
    ...(feature !== "" && { feature }),
    ...(show !== "all" && { show }),
  });
  const text = query.toString();
  return `/drift/${encodeURIComponent(endpoint)}/data${text ? `?${text}` : ""}`;
}
