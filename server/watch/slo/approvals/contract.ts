import { z } from "zod";

/** Approval of changes despite the remaining budget, by name, with a reason and an end. */
export const BudgetApproval = z.object({
  id: z.uuid(),
  reason: z.string(),
  until: z.date(),
  approvedBy: z.string(),
  at: z.date(),
  isRevoked: z.boolean(),
});
export type BudgetApproval = z.infer<typeof BudgetApproval>;

const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000);

export const ApproveChanges = z.object({ sloId: z.uuid(), reason: Reason, until: z.date() });
export type ApproveChanges = z.input<typeof ApproveChanges>;

export const RevokeApproval = z.object({ sloId: z.uuid(), approvalId: z.uuid(), reason: Reason });
export type RevokeApproval = z.input<typeof RevokeApproval>;
