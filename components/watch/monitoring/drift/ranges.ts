import { fitRange, type RangeChoice, type ShownRange, shownRange } from "#components/serve/endpoints/fit-range.ts";
import { DriftRange } from "#server/watch/monitoring/drift/report/contract.ts";

/** From narrow to wide. */
export const driftRangeChoices: readonly RangeChoice[] = [
  { key: "24h", label: "24 h" },
  { key: "7d", label: "7 d" },
  { key: "30d", label: "30 d" },
  { key: "90d", label: "90 d" },
];

const week = shownRange({ key: "7d", label: "7 d" });
const maxDayMs = 2 * 86_400_000;

/** Returns the range for the one in a URL; a week without a valid one. */
export function driftRangeOf(search: Record<string, string | string[] | undefined>): ShownRange {
  return fitRange(search, driftRangeChoices) ?? week;
}

/** Returns the range as the report takes it. */
export function driftQuery({ key, fixed }: ShownRange): { range: DriftRange } | { from: Date; to: Date } {
  return fixed ? { from: new Date(fixed.from), to: new Date(fixed.to) } : { range: DriftRange.catch("7d").parse(key) };
}

/** Returns the noun for the windows by which a range is compared: "a week like this". */
export function nounOf({ lengthMs }: ShownRange): "day" | "week" {
  return lengthMs <= maxDayMs ? "day" : "week";
}
