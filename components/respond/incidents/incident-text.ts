import { formatCount, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { CauseKind, IncidentState, IncidentSummary } from "#server/respond/incidents/contract.ts";
import { describeSpent } from "#server/watch/slo/engine/contract.ts";

const states: Record<IncidentState, { state: State; word: string }> = {
  triage: { state: "watch", word: "In triage" },
  active: { state: "missed", word: "Active" },
  mitigated: { state: "running", word: "Mitigated" },
  resolved: { state: "on-target", word: "Resolved" },
  closed: { state: "finished", word: "Closed" },
  cancelled: { state: "no-data", word: "Cancelled" },
  merged: { state: "finished", word: "Merged" },
};

/** What there is to do about an incident, by its stage. */
export const stageBadges = {
  act: { state: "missed", word: "Act" },
  watch: { state: "running", word: "Watch recovery" },
  resolve: { state: "not-started", word: "Resolve" },
} as const;

/** Returns the icon and label of a state. */
export function stateOf(state: IncidentState): { state: State; word: string } {
  return states[state];
}

export const severityLabels = {
  SEV1: "All users affected, or money at risk",
  SEV2: "Some users affected",
  SEV3: "Degraded, workaround available",
  SEV4: "Cosmetic",
} as const;

export const causeLabels: Record<CauseKind, string> = {
  deploy: "Deploy",
  data: "Data",
  config: "Configuration",
  dependency: "Dependency",
  capacity: "Capacity",
  model: "Model",
  schema: "Schema",
  unknown: "Unknown",
};

/** Label of the action that moves to a state, and the message after it. */
export const moveLabels: Record<IncidentState, { label: string; done: string }> = {
  active: { label: "Confirm", done: "Incident confirmed." },
  mitigated: { label: "Mark as mitigated", done: "Incident mitigated." },
  resolved: { label: "Resolve", done: "Incident resolved." },
  closed: { label: "Close", done: "Incident closed." },
  cancelled: { label: "Not an incident", done: "Incident cancelled." },
  triage: { label: "Back to triage", done: "Incident moved back to triage." },
  merged: { label: "Merge", done: "Incident merged." },
};

/** Describes the impact: customer minutes if the callers are known, else bad events. */
export function describeImpact({ impact }: Pick<IncidentSummary, "impact">): string {
  if (impact.customerMinutes !== null) return `${formatCount(impact.customerMinutes)} customer min`;
  if (impact.events === 0) return noValue;
  return `${formatCount(impact.badEvents)} bad`;
}

/** Returns the milliseconds from one moment to another; undefined if one is missing. */
export function between(from: Date | null, to: Date | null): number | undefined {
  return from && to ? Math.max(0, to.getTime() - from.getTime()) : undefined;
}

/** Formats the time since the start; less than a second is "immediately". */
export function formatElapsed(ms: number | undefined): string {
  return ms !== undefined && ms < 1000 ? "immediately" : formatDuration(ms);
}

/** Describes an incident in a sentence: its duration, its impact, and its likeliest cause. */
export function incidentSentence(incident: IncidentSummary, cause: string | undefined, now: number): string {
  const { impact, startedAt, mitigatedAt, endpoint } = incident;
  const lasts = formatDuration((mitigatedAt?.getTime() ?? now) - startedAt.getTime());
  const where = endpoint ? `${endpoint} ` : "It ";
  const failed =
    impact.events > 0
      ? `${where}failed ${formatCount(impact.badEvents)} of ${formatCount(impact.events)} (${formatPercent(impact.badEvents / impact.events)})`
      : `${where}was affected`;
  const time = mitigatedAt ? `for ${lasts}.` : `and has been ongoing for ${lasts}.`;
  const budget = impact.budgets[0];
  const spent = budget && budget.spent > 0.001 ? ` It spent ${describeSpent(budget.spent)}.` : "";
  return `${failed} ${time}${spent}${cause ? ` Likely cause: ${cause.replace(/\.$/, "")}.` : ""}`;
}

/** Formats progress as "3 of 8 steps". */
export function describeStep(done: number, total: number): string {
  return `${formatCount(done)} of ${plural(total, "step")}`;
}

/** Usual reasons why something was no incident. */
export const cancelReasons = ["Noise", "A drill", "Known and expected"];
