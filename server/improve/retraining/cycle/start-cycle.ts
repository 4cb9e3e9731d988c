import { and, eq, max } from "drizzle-orm";
import { modelVersions, retrainingCycles, type retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { RetrainingPlan } from "../contract.ts";
import type { Evidence } from "../look/evidence.ts";
import { noteStep } from "./note-step.ts";
import { notifyOwner } from "./notify-owner.ts";

interface CycleStart {
  evidence: Evidence[];
  /** Who asks for it, and why; null where the policy starts it. */
  request: { by: { id: string; name: string }; reason: string } | null;
  /** Undefined: that of the policy. */
  plan?: RetrainingPlan;
}

/**
 * Starts a cycle of a policy, with the rules of now, and the plan of now unless another one is given. The caller has checked permissions, and holds the policy for update in the
 * transaction that this belongs to.
 * @throws DomainError "conflict" where a cycle is open, or the endpoint is archived or serves no version of the model
 */
export async function startCycle(
  ctx: Context,
  policy: typeof retrainingPolicies.$inferSelect,
  { evidence, request, plan = policy.plan }: CycleStart,
): Promise<{ id: string; number: number }> {
  const champion = await findChampion(ctx, policy);
  const [cycle] = await ctx.db
    .insert(retrainingCycles)
    .values({
      workspaceId: ctx.actor.workspaceId,
      policyId: policy.id,
      number: (await lastNumber(ctx, policy.id)) + 1,
      revision: policy.revision,
      rules: policy.rules,
      plan,
      evidence,
      requestedBy: request?.by.name ?? null,
      requestedById: request?.by.id ?? null,
      requestReason: request?.reason ?? null,
      championId: champion.id,
      championVersion: champion.version,
    })
    .onConflictDoNothing()
    .returning({ id: retrainingCycles.id, number: retrainingCycles.number });
  if (!cycle) {
    throw new DomainError("conflict", "A cycle of this policy is already open. Wait for it, or stop it first.");
  }
  const because = evidence.map(({ words }) => words).join(" ");
  const words = request ? `Requested by ${request.by.name}: ${request.reason}` : because;
  await noteStep(ctx, cycle.id, { state: "requested", words });
  const { model } = champion;
  await notifyOwner(ctx, {
    cycleId: cycle.id,
    state: "requested",
    number: cycle.number,
    model,
    ownerId: policy.ownerId,
    words,
  });
  await record(ctx, "retraining-cycle.started", {
    subject: `retraining-cycle/${cycle.id}`,
    after: {
      number: cycle.number,
      model,
      champion: champion.version,
      evidence: evidence.map(({ key }) => key),
    },
    ...(request && { reason: request.reason }),
  });
  await publish(ctx, "retraining", cycle.id);
  return cycle;
}

/** Returns the version that serves the policy's endpoint. @throws DomainError "conflict" where that is none of its model */
async function findChampion(
  ctx: Context,
  { endpointId, modelId }: { endpointId: string; modelId: string },
): Promise<{ id: string; model: string; version: number }> {
  const endpoint = await findLiveEndpoint(ctx, endpointId);
  const deployed = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!deployed) {
    throw new DomainError("conflict", `Nothing is deployed to "${endpoint.name}". Deploy a first version.`);
  }
  const [version] = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version, modelId: modelVersions.modelId })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, deployed.versionId)));
  if (version?.modelId === modelId) return { id: version.id, version: version.version, model: deployed.modelName };
  const what = `"${endpoint.name}" serves ${deployed.modelName}, which is not the model of this policy.`;
  throw new DomainError("conflict", `${what} Deploy a version of its model there, or choose another endpoint.`);
}

/** Number of a policy's last cycle; 0 before the first. */
async function lastNumber(ctx: Context, policyId: string): Promise<number> {
  const [last] = await ctx.db
    .select({ number: max(retrainingCycles.number) })
    .from(retrainingCycles)
    .where(and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), eq(retrainingCycles.policyId, policyId)));
  return last?.number ?? 0;
}
