import { and, eq, sql } from "drizzle-orm";
import { retrainingPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { RetrainingPolicyDetails } from "./contract.ts";
import { lockPolicy } from "./policy-rows.ts";
import { loadPolicy } from "./queries.ts";

/** Lets a paused policy start cycles again. @throws DomainError "not-found"; "conflict" when it is not paused */
export async function resumeRetrainingPolicy(ctx: Context, model: string): Promise<RetrainingPolicyDetails> {
  permit(ctx, "resumeRetrainingPolicy");
  return transact(ctx, async (ctx) => {
    const { id, pausedAt, pauseReason } = await lockPolicy(ctx, model);
    if (!pausedAt) throw new DomainError("conflict", "The policy is not paused.");
    await ctx.db
      .update(retrainingPolicies)
      .set({ pausedAt: null, pausedBy: null, pauseReason: null, updatedAt: sql`now()` })
      .where(and(eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId), eq(retrainingPolicies.id, id)));
    await record(ctx, "retraining-policy.resumed", { subject: `retraining-policy/${model}`, before: { pauseReason } });
    await publish(ctx, "retraining", id);
    return loadPolicy(ctx, model);
  });
}
