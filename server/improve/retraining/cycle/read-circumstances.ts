import { and, eq, gt, ne } from "drizzle-orm";
import { modelVersions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isActive } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import type { FoundCycle } from "./lock-cycle.ts";
import type { CycleCircumstances } from "./next-step.ts";

/** Reads what has happened around a cycle since it began. */
export async function readCycleCircumstances(ctx: Context, cycle: FoundCycle): Promise<CycleCircumstances> {
  const { startedAt, plan, cancelRequest } = cycle;
  return {
    startedAt: startedAt.getTime(),
    needsApproval: plan.release.needsApproval,
    cancelled: cancelRequest && { by: cancelRequest.by, reason: cancelRequest.reason },
    otherVersion: (await deployedSince(ctx, cycle)) ?? (await rolledOutSince(ctx, cycle)) ?? null,
  };
}

/** The version that serves, where it is neither the champion nor a candidate in the cycle's own rollout. */
async function deployedSince(ctx: Context, cycle: FoundCycle): Promise<number | undefined> {
  const { endpointId, championId, candidateId, rolloutId } = cycle;
  const deployed = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!deployed || deployed.versionId === championId) return undefined;
  return rolloutId !== null && deployed.versionId === candidateId ? undefined : deployed.version;
}

/** The version of another rollout that has begun since. One from before either ends without effect, or with a deployment. */
async function rolledOutSince(ctx: Context, cycle: FoundCycle): Promise<number | undefined> {
  const [other] = await ctx.db
    .select({ version: modelVersions.version })
    .from(rollouts)
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .where(
      and(
        eq(rollouts.workspaceId, ctx.actor.workspaceId),
        eq(rollouts.endpointId, cycle.endpointId),
        isActive,
        gt(rollouts.createdAt, cycle.startedAt),
        cycle.rolloutId === null ? undefined : ne(rollouts.id, cycle.rolloutId),
      ),
    )
    .limit(1);
  return other?.version;
}
