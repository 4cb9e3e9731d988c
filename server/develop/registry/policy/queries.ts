import { and, desc, eq, isNull, or } from "drizzle-orm";
import { registryPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { Policy, type PolicyInForce } from "./contract.ts";

/** Returns the policy of a model, or the workspace's default without a name. @throws DomainError "not-found" */
export async function getPolicy(ctx: Context, name?: string): Promise<PolicyInForce> {
  permit(ctx, "getPolicy");
  return loadPolicy(ctx, name === undefined ? undefined : (await findModel(ctx, name)).id);
}

const nothing: PolicyInForce = {
  policy: Policy.parse({}),
  origin: "none",
  changedBy: null,
  changedAt: null,
  reason: null,
};

/** Loads the effective policy of a model: its own, else the workspace's, else one without requirements. */
export async function loadPolicy(ctx: Context, modelId: string | undefined): Promise<PolicyInForce> {
  const ofModel = modelId === undefined ? undefined : eq(registryPolicies.modelId, modelId);
  const newest = await ctx.db
    .selectDistinctOn([registryPolicies.modelId])
    .from(registryPolicies)
    .where(and(eq(registryPolicies.workspaceId, ctx.actor.workspaceId), or(ofModel, isNull(registryPolicies.modelId))))
    .orderBy(registryPolicies.modelId, desc(registryPolicies.id));
  const own = newest.find((row) => row.modelId !== null && row.policy !== null);
  const row = own ?? newest.find((row) => row.modelId === null && row.policy !== null);
  if (!row) return nothing;
  return {
    policy: Policy.parse(row.policy),
    origin: own ? "model" : "workspace",
    changedBy: row.actorName,
    changedAt: row.at,
    reason: row.reason,
  };
}
