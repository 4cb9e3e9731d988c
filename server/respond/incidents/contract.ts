import { z } from "zod";
import { causeKinds, incidentSeverities } from "./constants.ts";
import { IncidentLink } from "./links/contract.ts";
import { IncidentStage } from "./stages/contract.ts";

/** merged: resolved as a part of another incident, which has its alerts. */
export const incidentStates = ["triage", "active", "mitigated", "resolved", "closed", "cancelled", "merged"] as const;
export const IncidentState = z.enum(incidentStates);
export type IncidentState = z.infer<typeof IncidentState>;

/** What no statistic counts: what was no incident, and what is counted with the one that has its alerts. */
export const uncountedStates: readonly IncidentState[] = ["cancelled", "merged"];

export const IncidentSeverity = z.enum(incidentSeverities);
export type IncidentSeverity = z.infer<typeof IncidentSeverity>;

/** From where an incident may go on to (docs/spec/alerting.md section 19). */
export const incidentMoves: Record<IncidentState, readonly IncidentState[]> = {
  triage: ["active", "cancelled"],
  active: ["mitigated", "resolved", "cancelled"],
  mitigated: ["resolved", "active"],
  resolved: ["closed", "active"],
  closed: [],
  cancelled: ["triage"],
  merged: [],
};

export const CauseKind = z.enum(causeKinds);
export type CauseKind = z.infer<typeof CauseKind>;

/** Time within which a resolved incident can be reopened; later it is another incident. */
export const reopenHours = 24;

export const IncidentRoles = z.object({
  lead: z.uuid().nullable().default(null),
  scribe: z.uuid().nullable().default(null),
});
export type IncidentRoles = z.infer<typeof IncidentRoles>;

/** From the indicators themselves, while the incident lasted. */
export const ImpactCounts = z.object({
  badEvents: z.number().default(0),
  events: z.number().default(0),
  /** Σ over minutes of bad / total. */
  impactMinutes: z.number().default(0),
  /** Σ over minutes of distinct callers affected; null where callers are not known. */
  customerMinutes: z.number().nullable().default(null),
  /** Share of the budget that it took, by SLO. */
  budgets: z.array(z.object({ sloId: z.uuid(), name: z.string(), spent: z.number() })).default([]),
});
export type ImpactCounts = z.infer<typeof ImpactCounts>;

const number = z.number().int().positive();
const reason = z.string().trim().max(2000).default("");

export const IncidentSummary = z.object({
  id: z.uuid(),
  number,
  title: z.string(),
  severity: IncidentSeverity,
  state: IncidentState,
  endpointId: z.uuid().nullable(),
  /** Name of the endpoint. */
  endpoint: z.string().nullable(),
  cause: CauseKind.nullable(),
  isFoundByMachine: z.boolean(),
  impact: ImpactCounts,
  startedAt: z.date(),
  detectedAt: z.date(),
  pagedAt: z.date().nullable(),
  acknowledgedAt: z.date().nullable(),
  mitigatedAt: z.date().nullable(),
  resolvedAt: z.date().nullable(),
  closedAt: z.date().nullable(),
  /** Number of the incident of which a merged one is a part; null for all others. */
  mergedInto: number.nullable(),
});
export type IncidentSummary = z.infer<typeof IncidentSummary>;

/** An incident as lists show it. */
export const ListedIncident = IncidentSummary.extend({
  /** What there is to do about it; null once it is over. */
  stage: IncidentStage.nullable(),
  /** Name of its lead; null without one. */
  lead: z.string().nullable(),
  /** Follow-up actions, and those of them that are not done. */
  actions: z.object({ total: z.number().int(), open: z.number().int() }),
});
export type ListedIncident = z.infer<typeof ListedIncident>;

const Named = z.object({ id: z.uuid(), name: z.string() }).nullable();

export const Incident = IncidentSummary.extend({
  team: Named,
  runbook: Named,
  lead: Named,
  scribe: Named,
  declaredBy: z.string(),
  createdAt: z.date(),
  links: z.array(IncidentLink),
  /** States to which it may change. */
  moves: z.array(IncidentState),
  postMortem: z
    .object({ state: z.enum(["draft", "done", "waived"]), dueOn: z.iso.date().nullable(), isOverdue: z.boolean() })
    .nullable(),
  /** Whether closing requires a post-mortem, or a reason for none. */
  needsPostMortem: z.boolean(),
  /** Increases with each change of state, severity and facts: of two concurrent changes, the second is rejected. */
  revision: z.number().int(),
});
export type Incident = z.infer<typeof Incident>;

export const ListIncidents = z.object({
  /** Restricts the list to ongoing incidents (triage, active, mitigated), or to the others. */
  isOpen: z.boolean().optional(),
  state: IncidentState.optional(),
  severity: IncidentSeverity.optional(),
  cause: CauseKind.optional(),
  endpointId: z.uuid().optional(),
  from: z.date().optional(),
  to: z.date().optional(),
  limit: z.number().int().min(1).max(500).default(50),
  /** Restricts the list to lower numbers. */
  before: number.optional(),
});
export type ListIncidents = z.input<typeof ListIncidents>;

export const GetIncident = z.object({ number });
export type GetIncident = z.input<typeof GetIncident>;

export const DeclareIncident = z.object({
  title: z.string().trim().min(1, "Describe what is happening, for example: churn rejects 15% of requests.").max(200),
  severity: IncidentSeverity,
  endpointId: z.uuid().nullable().default(null),
  /** Start of the incident, if known; now when omitted. */
  startedAt: z.date().optional(),
  /** A group of alerts that it is about. */
  groupId: z.uuid().optional(),
  runbookId: z.uuid().nullable().default(null),
  teamId: z.uuid().nullable().default(null),
  note: z.string().trim().max(5000).default(""),
});
export type DeclareIncident = z.input<typeof DeclareIncident>;

export const MoveIncident = z.object({
  number,
  to: IncidentState,
  reason,
  /** Time of the state change; now when omitted. */
  at: z.date().optional(),
  revision: z.number().int().optional(),
});
export type MoveIncident = z.input<typeof MoveIncident>;

export const SetIncidentSeverity = z.object({
  number,
  severity: IncidentSeverity,
  reason,
  revision: z.number().int().optional(),
});
export type SetIncidentSeverity = z.input<typeof SetIncidentSeverity>;

/** Partial update: omitted fields keep their values. */
export const UpdateIncident = z.object({
  number,
  title: DeclareIncident.shape.title.optional(),
  cause: CauseKind.nullable().optional(),
  startedAt: z.date().optional(),
  endpointId: z.uuid().nullable().optional(),
  teamId: z.uuid().nullable().optional(),
  runbookId: z.uuid().nullable().optional(),
  leadId: z.uuid().nullable().optional(),
  scribeId: z.uuid().nullable().optional(),
});
export type UpdateIncident = z.input<typeof UpdateIncident>;
