import { formatNumber } from "#components/ui/format.ts";
import type { Budgeting, Period } from "#server/watch/objectives/contract.ts";

/** Formats a period as "over 30 days" or "each month". */
export function formatPeriod(period: Period): string {
  if (period.kind === "rolling") return period.days === 1 ? "over 1 day" : `over ${period.days} days`;
  return `each ${period.unit}`;
}

/** Returns the first sentence of an indicator's description: "Requests answered within 120 ms". */
export function firstSentence(words: string): string {
  return words.split(/\. |\.$/)[0] ?? words;
}

/** Formats a target with its original decimals: "99.95%". */
export function formatTarget(target: number): string {
  return `${formatNumber(Number((target * 100).toFixed(5)), { decimals: decimalsOf(target) })}%`;
}

function decimalsOf(target: number): number {
  const [, decimals = ""] = String(Number((target * 100).toFixed(5))).split(".");
  return decimals.length;
}

export const methodLabels: Record<Budgeting["method"], string> = {
  occurrences: "Occurrences: every event counts",
  timeslices: "Time slices: each slice is good or bad",
  "ratio-timeslices": "Ratio time slices: each slice counts equally",
};
