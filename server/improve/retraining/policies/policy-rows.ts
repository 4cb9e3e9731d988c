import { and, eq } from "drizzle-orm";
import { registeredModels, retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

export type PolicyRow = typeof retrainingPolicies.$inferSelect;

/** Finds the policy of a model by the model's name. @throws DomainError "not-found" */
export async function findPolicy(ctx: Context, model: string): Promise<PolicyRow> {
  const [found] = await ctx.db
    .select({ policy: retrainingPolicies })
    .from(retrainingPolicies)
    .innerJoin(registeredModels, eq(registeredModels.id, retrainingPolicies.modelId))
    .where(
      and(
        eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId),
        eq(registeredModels.workspaceId, ctx.actor.workspaceId),
        eq(registeredModels.name, model),
      ),
    );
  if (!found) throw noPolicy(model);
  return found.policy;
}

/** The same, locked until the transaction ends, so that looks, cycles and changes of it follow one another. @throws DomainError "not-found" */
export async function lockPolicy(ctx: Context, model: string): Promise<PolicyRow> {
  const { id } = await findPolicy(ctx, model);
  const [policy] = await ctx.db
    .select()
    .from(retrainingPolicies)
    .where(and(eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId), eq(retrainingPolicies.id, id)))
    .for("update");
  if (!policy) throw noPolicy(model);
  return policy;
}

const noPolicy = (model: string) =>
  new DomainError("not-found", `"${model}" has no retraining policy. Create one first.`);
