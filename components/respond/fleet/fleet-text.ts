import { formatNumber, formatPercent, nbsp, noValue } from "#components/ui/format.ts";
import type { FleetRow, LatencyTarget } from "#server/respond/fleet/contract.ts";
import { formatBudgetLeft, formatSpan } from "#server/watch/slo/engine/contract.ts";

/** Formats what is left of a budget for a narrow column: the time that it lasts while it is watched, otherwise its share. */
export function budgetLeft(worst: FleetRow["worst"], now: number): string {
  const budget = worst?.budget ?? null;
  const remaining = budget?.remaining ?? null;
  if (!worst || !budget || remaining === null) return noValue;
  if (remaining <= 0) return "exhausted";
  const isBurning = worst.condition.state !== "on-target" && budget.exhaustedAt !== null;
  return isBurning ? formatSpan((budget.exhaustedAt ?? now) - now) : formatBudgetLeft(remaining);
}

/** Describes the target of a latency SLO: "SLO: 95% within 250 ms". */
export function describeTarget(target: LatencyTarget | null): string | undefined {
  return target ? `SLO: ${formatPercent(target.target)} within ${formatNumber(target.withinMs)}${nbsp}ms` : undefined;
}
