import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ActOnCycle, type RetrainingCycleDetails } from "./contract.ts";
import { changeCycle, lockOpenCycle } from "./cycle-rows.ts";
import { loadCycle } from "./queries.ts";

/**
 * Asks an open cycle to end: a worker stops what runs of it, a rollout too, and ends it then. Asking again changes nothing.
 * @throws DomainError "not-found"; "conflict" when it has ended
 */
export async function endRetrainingCycle(ctx: Context, input: ActOnCycle): Promise<RetrainingCycleDetails> {
  permit(ctx, "endRetrainingCycle");
  const { model, number, reason } = ActOnCycle.parse(input);
  return transact(ctx, async (ctx) => {
    const { id, state, cancelRequest } = await lockOpenCycle(ctx, { model, number });
    if (cancelRequest) return loadCycle(ctx, { model, number });
    await changeCycle(ctx, id, { cancelRequest: { by: ctx.actor.name, reason, at: new Date().toISOString() } });
    await record(ctx, "retraining-cycle.cancelled", {
      subject: `retraining-cycle/${id}`,
      before: { model, number, state },
      reason,
    });
    await publish(ctx, "retraining", id);
    return loadCycle(ctx, { model, number });
  });
}
