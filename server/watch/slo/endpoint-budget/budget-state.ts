import { dayMs } from "#server/base/durations.ts";
import { formatCount, formatDuration } from "#server/base/format-number.ts";
import type { BudgetReading, SloDefinition } from "../../objectives/contract.ts";
import { formatBudget } from "../engine/contract.ts";
import { nominalMinutes } from "../engine/periods.ts";
import type { BudgetState } from "./contract.ts";

/** One of the two SLOs, with its state. */
export interface Promised {
  definition: SloDefinition;
  reading: BudgetReading;
}

type Spent = NonNullable<BudgetState["availability"]>;

/** Combines the SLOs of an endpoint into one budget, with a sentence. Without traffic the budget is unknown rather than exhausted. */
export function budgetState(endpoint: string, promised: { availability?: Promised; latency?: Promised }): BudgetState {
  const { availability, latency } = promised;
  const period = (availability ?? latency)?.definition.period;
  const days = period ? nominalMinutes(period) / 1440 : 28;
  const indicator = latency?.definition.indicator;
  const withinMs = indicator?.kind === "latency" ? indicator.withinMs : 0;
  const state = {
    budget: {
      availability: availability?.definition.target ?? null,
      latency: latency ? { withinMs, share: latency.definition.target } : null,
      days,
    },
    availability: availability ? spent(availability) : null,
    latency: latency ? spent(latency) : null,
    isExhausted: [availability, latency].some((one) => one?.reading.band === "exhausted"),
  };
  return { ...state, words: wordsOf(state, endpoint) };
}

function spent({ definition: { target }, reading: { total, bad, remaining } }: Promised): Spent {
  return { target, total, bad, remaining };
}

function wordsOf({ budget, availability, latency, isExhausted }: Omit<BudgetState, "words">, endpoint: string): string {
  if (!availability && !latency) return `"${endpoint}" has no SLO, so there is no error budget.`;
  const period = `in ${formatDuration(budget.days * dayMs)}`;
  const parts = [
    ...(availability ? [partOf(availability, "failed", period)] : []),
    ...(latency && budget.latency
      ? [partOf(latency, `took longer than ${budget.latency.withinMs}\u00a0ms`, period)]
      : []),
  ];
  const about = isExhausted ? "is exhausted" : "is not exhausted";
  return `The error budget of "${endpoint}" ${about}: ${parts.join("; ")}.`;
}

function partOf({ target, total, bad, remaining }: Spent, what: string, period: string): string {
  if (remaining === null) return `no requests ${period}`;
  const allowed = Math.floor((1 - target) * total + 1e-9);
  const left = formatBudget({ remaining });
  return `${formatCount(bad)} of ${formatCount(total)} requests ${what} ${period}, ${formatCount(allowed)} allowed (${left})`;
}
