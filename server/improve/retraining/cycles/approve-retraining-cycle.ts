import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ActOnCycle, RetrainingCycleDetails } from "./contract.ts";
import { decideApproval } from "./decide-approval.ts";

/**
 * Approves the candidate of a cycle, which is then rolled out.
 * @throws DomainError "not-found"; "forbidden" for the person who asked for the cycle; "conflict" unless an approval is asked for
 */
export async function approveRetrainingCycle(ctx: Context, input: ActOnCycle): Promise<RetrainingCycleDetails> {
  permit(ctx, "approveRetrainingCycle");
  return decideApproval(ctx, input, { isGiven: true });
}
