import type { AlertSeverity, BudgetReading, SloCondition, TierReading } from "../../objectives/contract.ts";
import { burnWord, formatSpan } from "../engine/contract.ts";

type Reading = Pick<BudgetReading, "remaining" | "evenPace" | "burnRate" | "exhaustedAt">;

/** Returns the condition of a budget, by the table of the leeway scale (docs/spec/design.md section 4.2). @param now ms since 1970 */
export function budgetCondition(budget: Reading | null, now: number): SloCondition {
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

interface Standing {
  budget: Reading | null;
  pausedAt: Date | null;
  /** Worst severity among its rules that fire. */
  firing: AlertSeverity | null;
  tiers: readonly Pick<TierReading, "tier" | "isFiring">[];
  isAbsent: boolean;
}

/** Returns the condition of an SLO: that of its budget, unless it is paused or pages. @param now ms since 1970 */
export function sloCondition({ budget, pausedAt, firing, tiers, isAbsent }: Standing, now: number): SloCondition {
  if (pausedAt) return { state: "paused", word: "Paused" };
  if (firing !== "page") return budgetCondition(budget, now);
  return { state: "missed", word: isAbsent && !tiers.some(isPaging) ? "No traffic" : burnWord(tiers) };
}

function isPaging({ tier, isFiring }: Standing["tiers"][number]): boolean {
  return isFiring && tier.severity === "page";
}
