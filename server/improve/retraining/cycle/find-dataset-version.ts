import { and, desc, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { DataPart } from "../contract.ts";

/** Finds the newest version of a dataset, the one with a digest, or the one with an id; null if there is none. */
export async function findDatasetVersion(
  ctx: Context,
  wanted: { name: string; digest?: string } | { id: string },
): Promise<DataPart["version"]> {
  const { id, name, digest, rows, createdAt } = datasetVersions;
  const isWanted =
    "id" in wanted
      ? eq(id, wanted.id)
      : and(eq(name, wanted.name), wanted.digest === undefined ? undefined : eq(digest, wanted.digest));
  const [version] = await ctx.db
    .select({ id, name, digest, rows })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), isWanted))
    .orderBy(desc(createdAt), desc(id))
    .limit(1);
  return version ?? null;
}
