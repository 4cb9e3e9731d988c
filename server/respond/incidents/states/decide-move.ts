import { hourMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import { type IncidentSeverity, type IncidentState, incidentMoves, reopenHours } from "../contract.ts";

export interface MoveFacts {
  state: IncidentState;
  resolvedAt: number | null;
  /** Whether closing requires a post-mortem, or a reason for none. */
  needsPostMortem: boolean;
  postMortem: "draft" | "done" | "waived" | null;
  /** Whether the worker moves it. */
  isAutomatic?: boolean;
}

/** Moves of the worker besides those of people: nobody has confirmed the incident, and its alerts have ended. */
const automaticMoves: Partial<Record<IncidentState, IncidentState>> = { triage: "mitigated" };

/** Describes why an incident may not change to a state; undefined where it may (docs/spec/alerting.md section 19). */
export function refusalOf(facts: MoveFacts, to: IncidentState, now: number): string | undefined {
  const { state, resolvedAt } = facts;
  if (facts.isAutomatic && automaticMoves[state] === to) return undefined;
  if (state === "merged") return "It is a part of another incident. Split it off before you change its state.";
  if (!incidentMoves[state].includes(to)) {
    const can = incidentMoves[state];
    const rest = can.length > 0 ? `It can become ${can.join(" or ")}.` : "Declare a new incident if it happens again.";
    return `An incident that is ${state} cannot become ${to}. ${rest}`;
  }
  if (state === "resolved" && to === "active" && resolvedAt !== null && now - resolvedAt > reopenHours * hourMs) {
    return `It was resolved ${formatDuration(now - resolvedAt)} ago and can only be reopened within ${reopenHours}\u00a0h. Declare a new incident and link this one.`;
  }
  if (to === "closed" && facts.needsPostMortem && facts.postMortem !== "done" && facts.postMortem !== "waived") {
    return "It can be closed once its post-mortem is complete or waived. Open the Post-mortem tab.";
  }
  return undefined;
}

/** Share of an error budget above which a post-mortem is due whatever the severity (docs/spec/slo.md section 7). */
const dueBudgetShare = 0.2;

/** Returns whether closing an incident requires a post-mortem: severe ones, and those that spent much of a budget. */
export function needsPostMortem(severity: IncidentSeverity, budgets: readonly { spent: number }[]): boolean {
  return severity === "SEV1" || severity === "SEV2" || budgets.some(({ spent }) => spent > dueBudgetShare);
}

/** Returns whether the severity was raised; a lower value is more severe. */
export function isRaised(from: IncidentSeverity, to: IncidentSeverity): boolean {
  return to < from;
}

/** Returns the times that change with a state: each is set on entering the state, and reset on reopening. */
export function timesOf(
  to: IncidentState,
  at: Date,
  known: { state: IncidentState; acknowledgedAt: Date | null; mitigatedAt: Date | null },
) {
  if (to === "active") {
    const isConfirmed = known.state === "triage";
    // A page reopens an incident too, and acknowledges nothing.
    const acknowledgedAt = known.acknowledgedAt ?? (isConfirmed ? at : null);
    const times = { acknowledgedAt, mitigatedAt: null, resolvedAt: null };
    return isConfirmed ? times : { ...times, reopenedAt: at };
  }
  if (to === "mitigated") return { mitigatedAt: at };
  // A resolved incident has no impact any more.
  if (to === "resolved") return { mitigatedAt: known.mitigatedAt ?? at, resolvedAt: at };
  return to === "closed" ? { closedAt: at } : {};
}
