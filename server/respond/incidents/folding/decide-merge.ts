import type { IncidentSeverity, IncidentState } from "../contract.ts";
import { isRaised } from "../states/decide-move.ts";

export const openStates: readonly IncidentState[] = ["triage", "active", "mitigated"];

/** Columns of an incident that a merge reads. */
export interface Mergeable {
  state: IncidentState;
  severity: IncidentSeverity;
  startedAt: Date;
  detectedAt: Date;
  pagedAt: Date | null;
  acknowledgedAt: Date | null;
  endpointId: string | null;
  teamId: string | null;
  runbookId: string | null;
}

/** Columns of the incident that goes on. */
type MergedFacts = Omit<Mergeable, "state">;

export interface Merge {
  facts: MergedFacts;
  /** Whether it becomes active: the other is confirmed, or its impact goes on. */
  becomesActive: boolean;
}

/**
 * Decides what an incident is once another one is a part of it: as severe as the worse one, since the earlier start. Its own endpoint, team
 * and runbook stay; what it lacks comes from the other. It is confirmed if one of them is, and its impact is over if both are. Which alerts
 * are acknowledged does not change, so pages that nobody has acknowledged escalate as before.
 */
export function decideMerge(part: Mergeable, whole: Mergeable): Merge {
  const isConfirmed = part.state === "active" && whole.state !== "active";
  const goesOn = part.state === "triage" && whole.state === "mitigated";
  return {
    facts: {
      severity: isRaised(whole.severity, part.severity) ? part.severity : whole.severity,
      startedAt: earlier(part.startedAt, whole.startedAt),
      detectedAt: earlier(part.detectedAt, whole.detectedAt),
      pagedAt: part.pagedAt && whole.pagedAt ? earlier(part.pagedAt, whole.pagedAt) : (whole.pagedAt ?? part.pagedAt),
      acknowledgedAt: whole.acknowledgedAt ?? (whole.state === "triage" && !isConfirmed ? null : part.acknowledgedAt),
      endpointId: whole.endpointId ?? part.endpointId,
      teamId: whole.teamId ?? part.teamId,
      runbookId: whole.runbookId ?? part.runbookId,
    },
    becomesActive: isConfirmed || goesOn,
  };
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
