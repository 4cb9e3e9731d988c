import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findCycle, lockCycle, updateCycle } from "../cycle/lock-cycle.ts";
import { notifyOwner } from "../cycle/notify-owner.ts";
import { compareOutcome } from "./compare-outcome.ts";
import { gatherOutcomeFacts } from "./gather-outcome-facts.ts";

/**
 * Writes whether the candidate of an adopted cycle helped, once that can be said, and notifies the owner. It reads outside of the transaction that writes;
 * of workers that assess a cycle at once, one writes. @param now milliseconds since 1970
 * @returns whether this call wrote it
 */
export async function assessCycle(ctx: Context, cycleId: string, now: number): Promise<boolean> {
  const found = await findCycle(ctx, cycleId);
  if (!found || found.outcome) return false;
  const facts = await gatherOutcomeFacts(ctx, found, now);
  const outcome = facts && compareOutcome(facts, now);
  if (!outcome) return false;
  return transact(ctx, async (ctx) => {
    const cycle = await lockCycle(ctx, cycleId);
    if (!cycle || cycle.outcome) return false;
    await updateCycle(ctx, cycleId, { outcome });
    const { number, model, ownerId } = cycle;
    await notifyOwner(ctx, { cycleId, state: outcome.verdict, number, model, ownerId, words: outcome.words });
    await publish(ctx, "retraining", cycleId);
    return true;
  });
}
