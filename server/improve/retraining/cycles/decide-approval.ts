import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { ActOnCycle, type RetrainingCycleDetails } from "./contract.ts";
import { type CycleRow, changeCycle, lockOpenCycle } from "./cycle-rows.ts";
import { loadCycle } from "./queries.ts";
import { requesterOf } from "./requester.ts";

/**
 * Writes what a person decides about the candidate of a cycle that asks for it. The caller has checked permissions.
 * @throws DomainError "not-found"; "forbidden" for the person who asked for the cycle; "conflict" unless an approval is asked for
 */
export async function decideApproval(
  ctx: Context,
  input: ActOnCycle,
  { isGiven }: { isGiven: boolean },
): Promise<RetrainingCycleDetails> {
  const { model, number, reason } = ActOnCycle.parse(input);
  return transact(ctx, async (ctx) => {
    const cycle = await lockOpenCycle(ctx, { model, number });
    const { askedAt } = requireAsked(cycle);
    if (cycle.requestedById !== null && cycle.requestedById === (await requesterOf(ctx)).id) {
      const verb = isGiven ? "approve" : "decline";
      throw new DomainError("forbidden", `You requested this cycle, so someone else must ${verb} it. You can stop it.`);
    }
    const decision = { isGiven, by: ctx.actor.name, reason, at: new Date().toISOString() };
    await changeCycle(ctx, cycle.id, { approval: { askedAt, decision } });
    await record(ctx, isGiven ? "retraining-cycle.approved" : "retraining-cycle.declined", {
      subject: `retraining-cycle/${cycle.id}`,
      after: { model, number, candidate: cycle.candidateVersion },
      reason,
    });
    await publish(ctx, "retraining", cycle.id);
    return loadCycle(ctx, { model, number });
  });
}

/** @throws DomainError "conflict" unless the cycle waits for an approval */
function requireAsked({ number, approval, cancelRequest }: CycleRow): { askedAt: string } {
  if (cancelRequest) throw new DomainError("conflict", `Cycle ${number} is being stopped by ${cancelRequest.by}.`);
  if (!approval) throw new DomainError("conflict", `Cycle ${number} is not awaiting approval.`);
  if (approval.decision) {
    const how = approval.decision.isGiven ? "approved" : "declined";
    throw new DomainError("conflict", `${approval.decision.by} has already ${how} this candidate.`);
  }
  return approval;
}
