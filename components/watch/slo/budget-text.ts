import { noValue } from "#components/ui/format.ts";
import type { BudgetReading } from "#server/watch/objectives/contract.ts";
import { formatBudget, formatBudgetLeft, formatBurnRate, formatSpan } from "#server/watch/slo/engine/contract.ts";

type Reading = Pick<BudgetReading, "remaining" | "evenPace" | "burnRate" | "exhaustedAt"> &
  Partial<Pick<BudgetReading, "bad">>;

/** Formats the remaining budget: "32.4% left", "18% over", "> 10× budget, 1,234 bad events", "–". */
export function formatRemaining(budget: { remaining: number | null; bad?: number | undefined } | null): string {
  if (budget === null || budget.remaining === null) return noValue;
  return formatBudget({ remaining: budget.remaining, bad: budget.bad });
}

/** Formats the text shown without a projected time of exhaustion: "exhausted", "not projected", "–". */
export function describeUnending(budget: Pick<Reading, "remaining"> | null): string {
  const remaining = budget?.remaining ?? null;
  if (remaining === null) return noValue;
  return remaining <= 0 ? "exhausted" : "not projected";
}

/** Formats a burn rate as "4.1×"; "–" without traffic. */
export function burnText(burnRate: number | null | undefined): string {
  return burnRate === null || burnRate === undefined ? noValue : `${formatBurnRate(burnRate)}×`;
}

/** Describes a scale for screen readers: "Error budget: 32.4% left, even pace 54%, exhausted in 7 h 28 min". */
export function describeScale(budget: Reading | null, now: number): string {
  if (!budget || budget.remaining === null) return "Error budget: no data";
  const parts = [formatRemaining(budget)];
  if (budget.evenPace !== null) parts.push(`even pace ${formatBudgetLeft(budget.evenPace)}`);
  if (budget.exhaustedAt !== null) parts.push(`exhausted in ${formatSpan(budget.exhaustedAt - now)}`);
  return `Error budget: ${parts.join(", ")}`;
}
