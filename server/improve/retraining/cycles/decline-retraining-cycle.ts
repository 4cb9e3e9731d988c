import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ActOnCycle, RetrainingCycleDetails } from "./contract.ts";
import { decideApproval } from "./decide-approval.ts";

/**
 * Declines the candidate of a cycle, which ends as rejected.
 * @throws DomainError "not-found"; "forbidden" for the person who asked for the cycle; "conflict" unless an approval is asked for
 */
export async function declineRetrainingCycle(ctx: Context, input: ActOnCycle): Promise<RetrainingCycleDetails> {
  permit(ctx, "declineRetrainingCycle");
  return decideApproval(ctx, input, { isGiven: false });
}
