import { and, eq } from "drizzle-orm";
import { deployments, endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { deployedEngine } from "#server/serve/engines/deployed-engine.ts";
import { insertDeployment } from "../endpoints/insert-deployment.ts";
import type { StoredRollout } from "./rollout-rows.ts";

/**
 * Deploys the new version, or the previous one again with its former deployment. Does not use deployVersion, which is blocked during a
 * rollout. Both were checked at the start, so nothing can reject a rollback.
 */
export async function deployOf(
  ctx: Context,
  rollout: StoredRollout,
  which: "canary" | "stable",
  reason: string,
): Promise<void> {
  const { endpointId, canaryVersionId, stableDeploymentId } = rollout;
  // Deploying, archiving and unloading hold this lock while they check for a rollout.
  await ctx.db.select({ id: endpoints.id }).from(endpoints).where(eq(endpoints.id, endpointId)).for("update");
  if (which === "canary") {
    await insertDeployment(ctx, { endpointId, reason, versionId: canaryVersionId, providers: rollout.providers });
    return;
  }
  const [before] = await ctx.db
    .select()
    .from(deployments)
    .where(and(eq(deployments.id, stableDeploymentId), eq(deployments.workspaceId, ctx.actor.workspaceId)));
  if (!before) throw new Error("The previous deployment no longer exists.");
  const { id: deploymentId, versionId, providers, engine } = before;
  // Bound to its deployment, so it is encrypted again. One that cannot be decrypted does not stop the rollback.
  const opened = await deployedEngine(ctx.db, { deploymentId, engine, engineSecret: before.engineSecret });
  const engineSecret = opened?.secret ?? null;
  await insertDeployment(ctx, { endpointId, reason, versionId, providers, engine, engineSecret });
}
