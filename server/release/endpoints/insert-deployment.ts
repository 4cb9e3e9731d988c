import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

type NewDeployment = Omit<typeof deployments.$inferInsert, "id" | "workspaceId" | "deployedBy" | "deployedAt">;

/**
 * Deploys a version to its endpoint: the newest row serves. The caller holds the endpoint's row, has rejected versions that may not
 * serve, and publishes the change.
 */
export async function insertDeployment(
  ctx: Context,
  deployment: NewDeployment,
): Promise<typeof deployments.$inferSelect> {
  const { workspaceId, name: deployedBy } = ctx.actor;
  const [row] = await ctx.db
    .insert(deployments)
    .values({ ...deployment, workspaceId, deployedBy })
    .returning();
  if (!row) throw new Error("The deployment was not inserted.");
  return row;
}
