import { noValue } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { BudgetReading } from "#server/watch/objectives/contract.ts";
import { formatBudget, formatBudgetLeft, formatBurnRate, formatSpan } from "#server/watch/slo/engine/contract.ts";

type Reading = Pick<BudgetReading, "remaining" | "evenPace" | "burnRate" | "exhaustedAt"> &
  Partial<Pick<BudgetReading, "bad">>;

export interface BudgetCondition {
  state: State;
  /** "On pace", "Exhausted in 2 d 2 h", "Exhausted". */
  word: string;
}

/** Returns the state of a budget, by the table of the leeway scale (docs/spec/design.md section 4.2). */
export function budgetCondition(budget: Reading | null, now: number): BudgetCondition {
  const remaining = budget?.remaining ?? null;
  if (!budget || remaining === null) return { state: "no-data", word: "No data" };
  if (remaining <= 0) return { state: "missed", word: "Exhausted" };
  const burns = (budget.burnRate ?? 0) >= 1;
  if (burns && remaining < 0.25) {
    const left = budget.exhaustedAt === null ? undefined : budget.exhaustedAt - now;
    return { state: "watch", word: left === undefined ? "Nearly exhausted" : `Exhausted in ${formatSpan(left)}` };
  }
  if (burns && budget.evenPace !== null && remaining < budget.evenPace) return { state: "watch", word: "Behind pace" };
  if (burns && budget.evenPace === null) return { state: "watch", word: "Burning" };
  return { state: "on-target", word: remaining === 1 ? "Unused" : "On pace" };
}

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
