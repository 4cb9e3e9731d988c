import { eq } from "drizzle-orm";
import { promotionRequests, registryPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { authorOf } from "../author.ts";
import { findModel } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { type PolicyInForce, SetPolicy } from "./contract.ts";
import { directGate } from "./direct-gate.ts";
import { loadPolicy } from "./queries.ts";

/**
 * Sets a model's requirements for its versions, or the default of the workspace. Older policies stay as rows; open requests are checked
 * again. @throws DomainError "not-found", "invalid" for a gate on a metric that does not exist or is better in the other direction
 */
export async function setPolicy(ctx: Context, input: SetPolicy): Promise<PolicyInForce> {
  permit(ctx, "setPolicy");
  const { name, policy: wanted, reason } = SetPolicy.parse(input);
  const policy = wanted && { ...wanted, gates: wanted.gates.map(directGate) };
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const modelId = name === undefined ? undefined : (await findModel(ctx, name)).id;
    const before = await loadPolicy(ctx, modelId);
    await ctx.db
      .insert(registryPolicies)
      .values({ workspaceId, modelId: modelId ?? null, policy, reason, ...(await authorOf(ctx)) });
    await record(ctx, "policy.changed", {
      subject: name === undefined ? "workspace/registry" : `model/${name}`,
      before: before.policy,
      after: policy,
      reason,
    });
    await enqueueChecks(ctx, modelId === undefined ? undefined : eq(promotionRequests.modelId, modelId));
    await publish(ctx, "model", modelId ?? workspaceId);
    return loadPolicy(ctx, modelId);
  });
}
