import { z } from "zod";

/** A span that does not count, such as planned maintenance. */
export const BudgetAdjustment = z.object({
  id: z.uuid(),
  from: z.date(),
  to: z.date(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
  revokedBy: z.string().nullable(),
  revokedAt: z.date().nullable(),
  /** Events that it takes out of the period, as far as they were counted; null of a span before it, and of composites. */
  removed: z.object({ total: z.number(), bad: z.number() }).nullable(),
});
export type BudgetAdjustment = z.infer<typeof BudgetAdjustment>;

const Reason = z.string().trim().min(1, "Give a reason. Adjustments change what everyone is notified about.").max(2000);

export const AddAdjustment = z.object({ sloId: z.uuid(), from: z.date(), to: z.date(), reason: Reason });
export type AddAdjustment = z.input<typeof AddAdjustment>;

export const RevokeAdjustment = z.object({ sloId: z.uuid(), adjustmentId: z.uuid(), reason: Reason });
export type RevokeAdjustment = z.input<typeof RevokeAdjustment>;
