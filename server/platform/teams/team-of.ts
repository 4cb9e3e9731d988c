import { and, desc, eq, isNull } from "drizzle-orm";
import { deployments, modelVersions, teamEndpoints, teamModels, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RolloutPlanName } from "./constants.ts";

export interface OwningTeam {
  id: string;
  name: string;
  /** Null where the default policy holds. */
  escalationPolicyId: string | null;
  /** Plan with which rollouts start; null where the team has none. */
  rolloutPlan: RolloutPlanName | null;
}

const owning = {
  id: teams.id,
  name: teams.name,
  escalationPolicyId: teams.escalationPolicyId,
  rolloutPlan: teams.rolloutPlan,
};

/**
 * Returns the team that owns an endpoint or a model. An endpoint without a team has that of the model deployed to it last.
 * @returns null where it has no owner
 */
export async function teamOf(
  ctx: Context,
  { endpointId, modelId }: { endpointId?: string | null; modelId?: string | null },
): Promise<OwningTeam | null> {
  if (endpointId) {
    const own = await teamOfEndpoint(ctx, endpointId);
    if (own) return own;
  }
  const model = modelId ?? (endpointId ? await modelOf(ctx, endpointId) : null);
  return model ? teamOfModel(ctx, model) : null;
}

/** Returns a team of the workspace that is not archived; null if there is none. */
export async function findTeam(ctx: Context, teamId: string): Promise<OwningTeam | null> {
  const [team] = await ctx.db
    .select(owning)
    .from(teams)
    .where(and(live(ctx), eq(teams.id, teamId)));
  return team ?? null;
}

async function teamOfEndpoint(ctx: Context, endpointId: string): Promise<OwningTeam | null> {
  const [team] = await ctx.db
    .select(owning)
    .from(teamEndpoints)
    .innerJoin(teams, eq(teams.id, teamEndpoints.teamId))
    .where(and(live(ctx), eq(teamEndpoints.endpointId, endpointId)));
  return team ?? null;
}

async function teamOfModel(ctx: Context, modelId: string): Promise<OwningTeam | null> {
  const [team] = await ctx.db
    .select(owning)
    .from(teamModels)
    .innerJoin(teams, eq(teams.id, teamModels.teamId))
    .where(and(live(ctx), eq(teamModels.modelId, modelId)));
  return team ?? null;
}

async function modelOf(ctx: Context, endpointId: string): Promise<string | null> {
  const [row] = await ctx.db
    .select({ modelId: modelVersions.modelId })
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .where(and(eq(deployments.workspaceId, ctx.actor.workspaceId), eq(deployments.endpointId, endpointId)))
    .orderBy(desc(deployments.id))
    .limit(1);
  return row?.modelId ?? null;
}

function live(ctx: Context) {
  return and(eq(teams.workspaceId, ctx.actor.workspaceId), isNull(teams.archivedAt));
}
