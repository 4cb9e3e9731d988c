import { retrainingPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findModel } from "#server/develop/registry/lookups.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archived, findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { checkPlan, checkRules, requireServed } from "./check-policy.ts";
import { CreateRetrainingPolicy, type RetrainingPolicyDetails } from "./contract.ts";
import { chooseOwner } from "./owner.ts";
import { loadPolicy } from "./queries.ts";

/**
 * Creates the policy of a model; a model has one. A worker looks at it from now on.
 * @throws DomainError "not-found" for the model or the endpoint; "invalid" with the field for what rules or plan name and is not there;
 * "conflict" where the model has a policy, or the endpoint is archived
 */
export async function createRetrainingPolicy(
  ctx: Context,
  input: CreateRetrainingPolicy,
): Promise<RetrainingPolicyDetails> {
  permit(ctx, "createRetrainingPolicy");
  const { rules, plan, ...values } = CreateRetrainingPolicy.parse(input);
  const { workspaceId, name: createdBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const model = await findModel(ctx, values.model);
    const endpoint = await findEndpoint(ctx, values.endpoint);
    if (endpoint.archivedAt) throw archived(endpoint.name);
    const ownerId = await chooseOwner(ctx, values.ownerId);
    const [policy] = await ctx.db
      .insert(retrainingPolicies)
      .values({ workspaceId, modelId: model.id, endpointId: endpoint.id, rules, plan, ownerId, createdBy })
      .onConflictDoNothing()
      .returning({ id: retrainingPolicies.id });
    if (!policy) {
      const message = `"${model.name}" already has a retraining policy. Edit that one.`;
      throw new DomainError("conflict", message, { field: "model" });
    }
    await requireServed(ctx, model, endpoint);
    await checkRules(ctx, rules);
    await checkPlan(ctx, plan);
    await record(ctx, "retraining-policy.created", {
      subject: `retraining-policy/${model.name}`,
      after: { endpoint: endpoint.name, ownerId, rules, plan },
    });
    await publish(ctx, "retraining", policy.id);
    return loadPolicy(ctx, model.name);
  });
}
