import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

type NewDeployment = Omit<typeof deployments.$inferInsert, "id" | "workspaceId" | "deployedBy" | "deployedAt">;

/**
 * Makes a version the one that its endpoint serves: the newest row serves. The caller holds the endpoint's row, has refused what may
 * not serve, and publishes the change.
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
