import { z } from "zod";
import { Instant } from "#server/base/instant.ts";

/** Mark that a feature's drift is expected. Times are null when it lasts until the next reference, or was not revoked. */
export const ExpectedDrift = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  feature: z.string(),
  until: z.date().nullable(),
  reason: z.string(),
  markedBy: z.string(),
  at: z.date(),
  revokedBy: z.string().nullable(),
  revokedAt: z.date().nullable(),
  /** Neither over nor taken back. */
  isInForce: z.boolean(),
});
export type ExpectedDrift = z.infer<typeof ExpectedDrift>;

const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000);

export const MarkExpected = z.object({
  endpointId: z.uuid(),
  feature: z.string().min(1).max(500),
  /** At most 366 days from now; null until the next reference. */
  until: Instant.nullable().default(null),
  reason: Reason,
});
export type MarkExpected = z.input<typeof MarkExpected>;

export const RevokeExpected = z.object({ endpointId: z.uuid(), markId: z.uuid(), reason: Reason });
export type RevokeExpected = z.input<typeof RevokeExpected>;

export const ListExpected = z.object({ endpointId: z.uuid() });
export type ListExpected = z.input<typeof ListExpected>;
