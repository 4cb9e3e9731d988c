import { and, eq } from "drizzle-orm";
import { deployments, endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { insertDeployment } from "../endpoints/insert-deployment.ts";
import type { StoredRollout } from "./rollout-rows.ts";

/**
 * Makes the new version the one that the endpoint serves, or the version before again, as it was deployed then. Not by deployVersion,
 * which a rollout keeps from its endpoint. What serves was judged at the start, so nothing can refuse a rollback.
 */
export async function deployOf(
  ctx: Context,
  rollout: StoredRollout,
  which: "canary" | "stable",
  reason: string,
): Promise<void> {
  const { endpointId, canaryVersionId, stableDeploymentId } = rollout;
  // Whoever deploys, archives or unloads holds this lock while looking for a rollout.
  await ctx.db.select({ id: endpoints.id }).from(endpoints).where(eq(endpoints.id, endpointId)).for("update");
  if (which === "canary") {
    await insertDeployment(ctx, { endpointId, reason, versionId: canaryVersionId, providers: rollout.providers });
    return;
  }
  const [before] = await ctx.db
    .select()
    .from(deployments)
    .where(and(eq(deployments.id, stableDeploymentId), eq(deployments.workspaceId, ctx.actor.workspaceId)));
  if (!before) throw new Error("The deployment to go back to is gone.");
  const { versionId, providers, engine, engineSecret } = before;
  await insertDeployment(ctx, { endpointId, reason, versionId, providers, engine, engineSecret });
}
