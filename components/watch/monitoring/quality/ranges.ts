import { fitRange, type RangeChoice, type ShownRange, shownRange } from "#components/serve/endpoints/fit-range.ts";
import type { WindowLength } from "#server/watch/monitoring/contract.ts";

/** From narrow to wide. */
export const qualityRanges: readonly RangeChoice[] = [
  { key: "1h", label: "1 h" },
  { key: "12h", label: "12 h" },
  { key: "3d", label: "3 d" },
  { key: "30d", label: "30 d" },
  { key: "90d", label: "90 d" },
  { key: "365d", label: "1 y" },
];

/** Returns the range for the one in a URL; undefined without a valid one. */
export function qualityRangeOf(search: Record<string, string | string[] | undefined>): ShownRange | undefined {
  return fitRange(search, qualityRanges);
}

/** Returns the default range: a month, because labels take days; an hour for endpoints monitored in windows of five minutes. */
export function usualRange(lengths: readonly WindowLength[] = []): ShownRange {
  const key = lengths.includes("five-minutes") ? "1h" : "30d";
  return shownRange(qualityRanges.find((range) => range.key === key) as RangeChoice);
}

/** Fewer labels say nothing about quality. */
const minLabels = 30;

/**
 * Returns the range to which the Quality tab widens one that another tab chose, because it holds too few labels: the usual one, with the same
 * end. Undefined where the range stays.
 */
export function widenedRange(shown: ShownRange, labels: number, usual: ShownRange): ShownRange | undefined {
  if (labels >= minLabels || shown.lengthMs >= usual.lengthMs) return undefined;
  if (!shown.fixed) return usual;
  const { to } = shown.fixed;
  return fitRange({ from: new Date(to - usual.lengthMs).toISOString(), to: new Date(to).toISOString() }, qualityRanges);
}
