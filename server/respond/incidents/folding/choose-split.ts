import type { IncidentSeverity } from "../contract.ts";

/** An incident that was merged into another one. */
export interface MergedPart {
  number: number;
  /** When it was merged, in milliseconds since 1970. */
  mergedAt: number;
  /** The groups that it had. */
  groupIds: readonly string[];
}

/**
 * Returns which merged incident becomes one of its own again when groups are split off: of those that had all of them, the smallest, and the
 * last of several. Null where they came in another way; they become a new incident then.
 */
export function chooseSplit(groupIds: readonly string[], parts: readonly MergedPart[]): number | null {
  const having = parts.filter((part) => groupIds.every((id) => part.groupIds.includes(id)));
  const [first] = having.toSorted(
    (one, other) => one.groupIds.length - other.groupIds.length || other.mergedAt - one.mergedAt,
  );
  return first?.number ?? null;
}

/** Alerts of a group that becomes an incident. Times are milliseconds since 1970. */
export interface SplitGroup {
  title: string;
  severity: string;
  /** Priority in the queue. */
  weight: number;
  endpointId: string | null;
  teamId: string | null;
  runbookId: string | null;
  startsAt: number;
  createdAt: number;
  pagedAt: number | null;
  acknowledgedAt: number | null;
}

/** Facts of the incident that groups become: those of its worst group, since the first of them. */
export interface SplitFacts {
  title: string;
  severity: IncidentSeverity;
  state: "triage" | "active";
  endpointId: string | null;
  teamId: string | null;
  runbookId: string | null;
  startedAt: number;
  detectedAt: number;
  pagedAt: number | null;
  acknowledgedAt: number | null;
}

/**
 * Returns the facts of a new incident of groups that are split off. It is as severe as the one that they leave, until someone changes it,
 * and confirmed if somebody acknowledged one of them. @param groups at least one
 */
export function factsOfSplit(groups: readonly SplitGroup[], severity: IncidentSeverity): SplitFacts {
  const [worst] = groups.toSorted((one, other) => other.weight - one.weight);
  if (!worst) throw new Error("There is no group to split off.");
  const { title, endpointId, teamId, runbookId } = worst;
  const detectedAt = Math.min(...groups.map(({ createdAt }) => createdAt));
  const startedAt = Math.min(detectedAt, ...groups.map(({ startsAt }) => startsAt));
  const acknowledgedAt = earliest(groups.map((group) => group.acknowledgedAt));
  return {
    title,
    severity,
    state: acknowledgedAt === null ? "triage" : "active",
    endpointId,
    teamId,
    runbookId,
    startedAt,
    detectedAt,
    pagedAt: earliest(groups.map((group) => group.pagedAt)),
    acknowledgedAt,
  };
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
