import { z } from "zod";

/** Entries of the workspace, of the installation (for its admins), or about the sign-ins of the caller. */
export const AuditScope = z.enum(["workspace", "installation", "own-sign-ins"]);
export type AuditScope = z.infer<typeof AuditScope>;

/** Newest first; `before` is the id of the last entry of the page before. */
export const ReadAuditLog = z.object({
  /** A filter such as `actor = "Ines Duarte" and action ~ token and at > -7d`. */
  q: z.string().max(2000).default(""),
  scope: AuditScope.default("workspace"),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
export type ReadAuditLog = z.input<typeof ReadAuditLog>;

export const AuditEvent = z.object({
  id: z.number().int(),
  at: z.date(),
  actorKind: z.enum(["user", "token", "system"]),
  actorId: z.string(),
  actorName: z.string(),
  /** Subject and past-tense verb: "version.deployed". */
  action: z.string(),
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
  /** Network address of the actor; null also for callers who may not see it. */
  address: z.string().nullable(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditVerification = z.object({
  at: z.coerce.date(),
  seals: z.number().int(),
  entries: z.number().int(),
  head: z.string().nullable(),
  unsealed: z.number().int(),
  problem: z.string().nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;

export const AuditIntegrity = z.object({
  /** Newest seal; null before the first one. Note its hash elsewhere: it shows whether seals were replaced. */
  seal: z
    .object({ number: z.number().int(), hash: z.string(), lastId: z.number().int(), sealedAt: z.date() })
    .nullable(),
  /** Time of the oldest entry without a seal; null when all are sealed. */
  unsealedSince: z.date().nullable(),
  /** Result of the last daily verification; null before the first one. */
  verification: AuditVerification.nullable(),
});
export type AuditIntegrity = z.infer<typeof AuditIntegrity>;
