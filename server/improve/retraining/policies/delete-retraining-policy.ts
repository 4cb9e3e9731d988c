import { and, eq, isNull } from "drizzle-orm";
import { retrainingCycles, retrainingPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockPolicy } from "./policy-rows.ts";

/**
 * Deletes the policy of a model with its cycles and decisions. Jobs, versions and rollouts that they made stay.
 * @throws DomainError "not-found"; "conflict" while a cycle is open, which nothing would bring to its end
 */
export async function deleteRetrainingPolicy(ctx: Context, model: string): Promise<void> {
  permit(ctx, "deleteRetrainingPolicy");
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { id, revision, rules, plan, ownerId } = await lockPolicy(ctx, model);
    const [open] = await ctx.db
      .select({ number: retrainingCycles.number })
      .from(retrainingCycles)
      .where(
        and(
          eq(retrainingCycles.workspaceId, workspaceId),
          eq(retrainingCycles.policyId, id),
          isNull(retrainingCycles.endedAt),
        ),
      );
    if (open) throw new DomainError("conflict", `Cycle ${open.number} is open. Stop it first.`);
    await ctx.db
      .delete(retrainingPolicies)
      .where(and(eq(retrainingPolicies.workspaceId, workspaceId), eq(retrainingPolicies.id, id)));
    await record(ctx, "retraining-policy.deleted", {
      subject: `retraining-policy/${model}`,
      before: { revision, rules, plan, ownerId },
    });
    await publish(ctx, "retraining", id);
  });
}
