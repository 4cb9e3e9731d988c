import { fitRange, type RangeChoice, type ShownRange, shownRange } from "#components/serve/endpoints/fit-range.ts";
import { heldRange } from "#components/serve/endpoints/time-range.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import { IntegrityRange } from "#server/watch/monitoring/integrity/contract.ts";

/** View of an endpoint's data page, stored in its URL. */
export interface IntegrityView {
  range: ShownRange;
  /** Parameters that the range is in, as the address has them. */
  held: Readonly<Record<string, string>>;
  segment: string;
  /** Feature whose checks are shown next to the list; "" selects the worst one. */
  feature: string;
  show: "all" | "wrong";
}

type Given = Record<string, string | string[] | undefined>;

/** From narrow to wide. */
export const dataRanges: readonly RangeChoice[] = [
  { key: "1h", label: "1 h" },
  { key: "6h", label: "6 h" },
  { key: "24h", label: "24 h" },
  { key: "7d", label: "7 d" },
  { key: "30d", label: "30 d" },
];

const usual = shownRange({ key: "24h", label: "24 h" });

/** Reads the view from a URL; unknown values are replaced by defaults. */
export function readIntegrityView(given: Given): IntegrityView {
  const one = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  const range = fitRange(given, dataRanges);
  return {
    range: range ?? usual,
    held: range ? heldRange(given) : {},
    segment: one("segment"),
    feature: one("feature"),
    show: one("show") === "wrong" ? "wrong" : "all",
  };
}

/** Returns the range as the queries take it. */
export function integrityQuery({ range: { key, fixed } }: Pick<IntegrityView, "range">) {
  return fixed
    ? { from: new Date(fixed.from), to: new Date(fixed.to) }
    : { range: IntegrityRange.catch("24h").parse(key) };
}

/** Returns the address of the page with some changes. */
export function dataHref(
  endpoint: string,
  view: IntegrityView,
  change: Partial<Omit<IntegrityView, "range" | "held">> = {},
): string {
  const { held, segment, feature, show } = { ...view, ...change };
  const query = new URLSearchParams({
    ...held,
    ...(segment !== "" && { segment }),
    ...(feature !== "" && { feature }),
    ...(show !== "all" && { show }),
  });
  const text = query.toString();
  return `${endpointTabHref(endpoint, "data")}${text ? `?${text}` : ""}`;
}
