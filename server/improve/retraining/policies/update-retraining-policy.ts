import { and, eq, sql } from "drizzle-orm";
import { retrainingPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkPlan, checkRules } from "./check-policy.ts";
import { type RetrainingPolicyDetails, UpdateRetrainingPolicy } from "./contract.ts";
import { requireOwner } from "./owner.ts";
import { lockPolicy } from "./policy-rows.ts";
import { loadPolicy } from "./queries.ts";

/**
 * Changes the policy of a model. New rules or a new plan are its next revision; an open cycle goes on by those with which it began.
 * @throws DomainError "not-found"; "invalid" with the field for what rules or plan name and is not there; "conflict" where another revision
 * was saved meanwhile
 */
export async function updateRetrainingPolicy(
  ctx: Context,
  input: UpdateRetrainingPolicy,
): Promise<RetrainingPolicyDetails> {
  permit(ctx, "updateRetrainingPolicy");
  const { model, rules, plan, ownerId, revision } = UpdateRetrainingPolicy.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await lockPolicy(ctx, model);
    if (revision !== undefined && revision !== before.revision) {
      throw new DomainError("conflict", "The policy was changed by someone else. Reload it before you continue.");
    }
    if (rules) await checkRules(ctx, rules);
    if (plan) await checkPlan(ctx, plan);
    if (ownerId !== undefined) await requireOwner(ctx, ownerId);
    const after = {
      revision: rules || plan ? before.revision + 1 : before.revision,
      rules: rules ?? before.rules,
      plan: plan ?? before.plan,
      ownerId: ownerId ?? before.ownerId,
    };
    await ctx.db
      .update(retrainingPolicies)
      .set({ ...after, updatedAt: sql`now()` })
      .where(and(eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId), eq(retrainingPolicies.id, before.id)));
    await record(ctx, "retraining-policy.changed", {
      subject: `retraining-policy/${model}`,
      before: { revision: before.revision, rules: before.rules, plan: before.plan, ownerId: before.ownerId },
      after,
    });
    await publish(ctx, "retraining", before.id);
    return loadPolicy(ctx, model);
  });
}
