import { eq } from "drizzle-orm";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";

type Given = "id" | "workspaceId" | "deployedBy" | "deployedAt" | "engineSecret";

interface NewDeployment extends Omit<typeof deployments.$inferInsert, Given> {
  /** Readable value of the engine's secret header. */
  engineSecret?: string | null;
}

/**
 * Deploys a version to its endpoint: the newest row serves. The caller holds the endpoint's row, has rejected versions that may not
 * serve, publishes the change, and is in a transaction.
 */
export async function insertDeployment(
  ctx: Context,
  { engineSecret, ...deployment }: NewDeployment,
): Promise<typeof deployments.$inferSelect> {
  const { workspaceId, name: deployedBy } = ctx.actor;
  const [row] = await ctx.db
    .insert(deployments)
    .values({ ...deployment, workspaceId, deployedBy })
    .returning();
  if (!row) throw new Error("The deployment was not inserted.");
  if (engineSecret == null) return row;
  // Bound to the id, which exists only now.
  const stored = await encryptSecret(ctx.db, "deployments.engine_secret", row.id, engineSecret);
  await ctx.db.update(deployments).set({ engineSecret: stored }).where(eq(deployments.id, row.id));
  return { ...row, engineSecret: stored };
}
