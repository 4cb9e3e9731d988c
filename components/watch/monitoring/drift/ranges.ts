import { fitRange } from "#components/serve/endpoints/fit-range.ts";
import type { DriftRange } from "#server/watch/monitoring/drift/report/contract.ts";

/** From narrow to wide. */
export const driftRangeChoices: readonly { key: DriftRange; label: string; noun: "day" | "week" }[] = [
  { key: "24h", label: "24 h", noun: "day" },
  { key: "7d", label: "7 d", noun: "week" },
  { key: "30d", label: "30 d", noun: "week" },
  { key: "90d", label: "90 d", noun: "week" },
];

/** Returns the range for the one in a URL; a week without a valid one. */
export function driftRangeOf(
  search: Record<string, string | string[] | undefined>,
): (typeof driftRangeChoices)[number] {
  const [, week] = driftRangeChoices;
  return fitRange(search, driftRangeChoices) ?? (week as (typeof driftRangeChoices)[number]);
}
