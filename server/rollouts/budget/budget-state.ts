import { dayMs } from "#server/durations.ts";
import { counted, lasting, percent } from "#server/number-words.ts";
import type { BudgetState, EndpointBudget } from "./contract.ts";

/** Requests of the period, and those that broke the promise. */
export interface BudgetCount {
  total: number;
  bad: number;
}

type Spent = NonNullable<BudgetState["availability"]>;

/**
 * How much of its error budget an endpoint has left: 1 − bad / ((1 − target) · total), which is negative once more was spent than
 * there is. Without traffic nothing is known and nothing exhausted.
 * @param counts of the period, as far as something is promised
 */
export function budgetState(
  budget: EndpointBudget,
  endpoint: string,
  counts: { availability: BudgetCount; latency: BudgetCount },
): BudgetState {
  const availability = budget.availability === null ? null : spent(budget.availability, counts.availability);
  const latency = budget.latency === null ? null : spent(budget.latency.share, counts.latency);
  const isExhausted = [availability, latency].some((one) => (one?.remaining ?? 0) < 0);
  return { budget, availability, latency, isExhausted, words: wordsOf({ budget, availability, latency }, endpoint) };
}

function spent(target: number, { total, bad }: BudgetCount): Spent {
  return { target, total, bad, remaining: total === 0 ? null : 1 - bad / ((1 - target) * total) };
}

function wordsOf(
  { budget, availability, latency }: Pick<BudgetState, "budget" | "availability" | "latency">,
  endpoint: string,
): string {
  if (!availability && !latency) return `"${endpoint}" promises nothing, so there is no error budget.`;
  const period = `in ${lasting(budget.days * dayMs)}`;
  const parts = [
    ...(availability ? [partOf(availability, "failed", period)] : []),
    ...(latency && budget.latency ? [partOf(latency, `took longer than ${budget.latency.withinMs} ms`, period)] : []),
  ];
  const isExhausted = [availability, latency].some((one) => (one?.remaining ?? 0) < 0);
  const about = isExhausted ? "is exhausted" : "is not exhausted";
  return `The error budget of "${endpoint}" ${about}: ${parts.join("; ")}.`;
}

function partOf({ target, total, bad, remaining }: Spent, what: string, period: string): string {
  if (remaining === null) return `no requests ${period}`;
  const allowed = Math.floor((1 - target) * total + 1e-9);
  const left = remaining < 0 ? `overspent by ${percent(-remaining)}` : `${percent(remaining)} left`;
  return `${counted(bad)} of ${counted(total)} requests ${what} ${period}, where ${counted(allowed)} may (${left})`;
}
