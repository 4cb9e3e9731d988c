import { and, eq } from "drizzle-orm";
import { datasets, modelVersions, runDatasets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "./contract.ts";

const maxVersions = 500;

/** Returns the model versions whose run logged these rows: they were registered before Leeway read the rows. */
export async function versionsOfRows(ctx: Context, { name, digest }: VersionKey): Promise<string[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .selectDistinct({ id: modelVersions.id })
    .from(datasets)
    .innerJoin(runDatasets, eq(runDatasets.datasetId, datasets.id))
    .innerJoin(
      modelVersions,
      and(eq(modelVersions.runId, runDatasets.runId), eq(modelVersions.workspaceId, workspaceId)),
    )
    .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name), eq(datasets.digest, digest)))
    .limit(maxVersions);
  return rows.map(({ id }) => id);
}
