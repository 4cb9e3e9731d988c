import { desc, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/** Lists the newest dataset versions that a form offers, and counts all that a job can name. */
export async function listDatasetChoices(
  ctx: Context,
): Promise<{ choices: { id: string; label: string }[]; total: number }> {
  permit(ctx, "listDatasets");
  const rows = await ctx.db
    .select({ id: datasetVersions.id, name: datasetVersions.name, digest: datasetVersions.digest })
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(datasetVersions.createdAt))
    .limit(100);
  return {
    choices: rows.map(({ id, name, digest }) => ({ id, label: `${name}, ${digest}` })),
    total: await ctx.db.$count(datasetVersions, eq(datasetVersions.workspaceId, ctx.actor.workspaceId)),
  };
}
