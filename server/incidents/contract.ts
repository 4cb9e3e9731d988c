import { z } from "zod";

export const incidentStates = ["triage", "active", "mitigated", "resolved", "closed", "cancelled"] as const;
export const IncidentState = z.enum(incidentStates);
export type IncidentState = z.infer<typeof IncidentState>;

/** SEV1 all users or money at risk; SEV2 part of the users; SEV3 degraded, with a way around; SEV4 cosmetic. */
export const incidentSeverities = ["SEV1", "SEV2", "SEV3", "SEV4"] as const;
export const IncidentSeverity = z.enum(incidentSeverities);
export type IncidentSeverity = z.infer<typeof IncidentSeverity>;

/** From where an incident may go on to (alerting.md section 19). */
export const incidentMoves: Record<IncidentState, readonly IncidentState[]> = {
  triage: ["active", "cancelled"],
  active: ["mitigated", "resolved", "cancelled"],
  mitigated: ["resolved", "active"],
  resolved: ["closed", "active"],
  closed: [],
  cancelled: ["triage"],
};

export const causeKinds = ["deploy", "data", "config", "dependency", "capacity", "model", "schema", "unknown"] as const;
export const CauseKind = z.enum(causeKinds);

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
