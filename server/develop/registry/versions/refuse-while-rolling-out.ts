import { and, eq, inArray, or, type SQL } from "drizzle-orm";
import { endpoints, modelVersions, registeredModels, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { percent } from "#server/base/format-number.ts";

const activePhases = ["starting", "stepping", "watching"] as const;

/** A rollout that is not over. */
export const isActive = inArray(rollouts.phase, [...activePhases]);

interface ActiveRollout {
  id: string;
  endpoint: string;
  /** "digits v14 at 25%" */
  words: string;
}

/** Returns the ongoing rollout of an endpoint. While the caller holds a lock on the endpoint, no rollout can start. */
function activeRollout(ctx: Context, endpointId: string): Promise<ActiveRollout | undefined> {
  return select(ctx, eq(rollouts.endpointId, endpointId));
}

/**
 * Rejects any other change to what an endpoint serves during a rollout.
 * @param toDo the requested action, as in "then deploy". @throws DomainError "conflict" that names the rollout
 */
export async function refuseWhileRollingOut(ctx: Context, endpointId: string, toDo: string): Promise<void> {
  const found = await activeRollout(ctx, endpointId);
  if (!found) return;
  const what = `A rollout of ${found.words} is in progress on "${found.endpoint}".`;
  throw new DomainError(
    "conflict",
    `${what} Roll it back or wait until it finishes, then ${toDo}. Rollout ID: ${found.id}.`,
  );
}

/**
 * Rejects the deletion of versions that a rollout needs, as the new version or the rollback target. @param where on columns of
 * model_versions
 */
export async function refuseWhileInRollout(ctx: Context, where: SQL): Promise<void> {
  const versions = ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(where);
  const found = await select(
    ctx,
    or(inArray(rollouts.canaryVersionId, versions), inArray(rollouts.stableVersionId, versions)),
  );
  if (!found) return;
  const what = `It is part of the rollout of ${found.words} on endpoint "${found.endpoint}".`;
  throw new DomainError(
    "conflict",
    `${what} Roll it back or wait until it finishes before deleting. Rollout ID: ${found.id}.`,
  );
}

async function select(ctx: Context, where: SQL | undefined): Promise<ActiveRollout | undefined> {
  const [found] = await ctx.db
    .select({
      id: rollouts.id,
      endpoint: endpoints.name,
      state: rollouts.state,
      model: registeredModels.name,
      version: modelVersions.version,
    })
    .from(rollouts)
    .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), isActive, where))
    .limit(1);
  if (!found) return undefined;
  const { phase, weight } = found.state;
  const stageText = phase === "starting" ? "about to start" : `at ${percent(weight)}`;
  return { id: found.id, endpoint: found.endpoint, words: `${found.model} v${found.version} (${stageText})` };
}
