import { and, eq, sql } from "drizzle-orm";
import { retrainingPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { PauseRetrainingPolicy, type RetrainingPolicyDetails } from "./contract.ts";
import { lockPolicy } from "./policy-rows.ts";
import { loadPolicy } from "./queries.ts";

/**
 * Pauses the policy of a model: it starts no cycle by itself until it is resumed. An open cycle goes on, and a person may ask for one.
 * @throws DomainError "not-found"; "conflict" when it is paused already
 */
export async function pauseRetrainingPolicy(
  ctx: Context,
  input: PauseRetrainingPolicy,
): Promise<RetrainingPolicyDetails> {
  permit(ctx, "pauseRetrainingPolicy");
  const { model, reason } = PauseRetrainingPolicy.parse(input);
  return transact(ctx, async (ctx) => {
    const { id, pausedAt, pausedBy } = await lockPolicy(ctx, model);
    if (pausedAt) throw new DomainError("conflict", `The policy is already paused, by ${pausedBy ?? "someone"}.`);
    await ctx.db
      .update(retrainingPolicies)
      .set({ pausedAt: sql`now()`, pausedBy: ctx.actor.name, pauseReason: reason, updatedAt: sql`now()` })
      .where(and(eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId), eq(retrainingPolicies.id, id)));
    await record(ctx, "retraining-policy.paused", { subject: `retraining-policy/${model}`, reason });
    await publish(ctx, "retraining", id);
    return loadPolicy(ctx, model);
  });
}
