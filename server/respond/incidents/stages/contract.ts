import { z } from "zod";

const stages = ["act", "watch", "resolve"] as const;

/** What there is to do about an open incident: act on it, watch whether it recovers, or resolve it. */
export const IncidentStage = z.enum(stages);
export type IncidentStage = z.infer<typeof IncidentStage>;

const actionKinds = ["rollback", "fallback", "deploy", "fixed"] as const;

/** What was done about an incident. Times are milliseconds since 1970. */
export const RecoveryAction = z.object({
  kind: z.enum(actionKinds),
  /** "Rolled back churn to digits version 11". */
  title: z.string(),
  by: z.string(),
  at: z.number(),
  /** Burn rate at that time; null if unknown. */
  burn: z.number().nullable(),
  /** Endpoint at which it was done; omitted where it was at none, and by older releases. */
  endpointId: z.uuid().optional(),
});
export type RecoveryAction = z.infer<typeof RecoveryAction>;

/** How an open incident has gone since something was done about it. */
export const Recovery = z.object({
  /** Newest action; null before any. */
  action: RecoveryAction.nullable().default(null),
  /** Highest burn rate of its SLOs in their short windows; null without SLOs or traffic. */
  burn: z.number().nullable().default(null),
  /** Time since which the burn rate is below 1 and no other page fires; null while it is not. */
  calmSince: z.number().nullable().default(null),
  /** Burn rate with which the current one is compared, and its time: it must have fallen 5 minutes later. */
  check: z.object({ at: z.number(), burn: z.number().nullable() }).nullable().default(null),
  /** Actions that had no effect, or none that lasted, the newest last. */
  failed: z.array(RecoveryAction).default([]),
  /** Why it entered its stage, in words without a full stop; empty for one that never left the first. */
  reason: z.string().default(""),
});
export type Recovery = z.infer<typeof Recovery>;

/** The stage of an open incident as pages, lists and REST show it. Times are milliseconds since 1970. */
export const StageView = z.object({
  stage: IncidentStage,
  /** When it entered the stage. */
  since: z.number(),
  burn: z.number().nullable(),
  /** When the incident may be resolved if it stays calm; null while it is not calm, and after that. */
  calmAt: z.number().nullable(),
  action: RecoveryAction.nullable(),
  failed: z.array(RecoveryAction),
  /** "Recovering: burn rate 0.2×, 4 min to go."; empty while nothing was done and nothing changed. */
  words: z.string(),
});
export type StageView = z.infer<typeof StageView>;
