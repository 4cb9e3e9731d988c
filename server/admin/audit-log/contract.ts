import { z } from "zod";

/** Newest first; `before` is the id of the last entry of the page before. */
export const ReadAuditLog = z.object({
  /** A filter such as `actor = "Ines Duarte" and action ~ token and at > -7d`. */
  q: z.string().max(2000).default(""),
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
  address: z.string().nullable(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;
