import { asc, eq, sql } from "drizzle-orm";
import { artifactReleases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ReleaseList } from "./contract.ts";

/** Lists folders that are due for removal, largest first, at most 500; and the total size of all of them. */
export async function listReleases(ctx: Context): Promise<ReleaseList> {
  permit(ctx, "listReleases");
  const { workspaceId } = ctx.actor;
  const ofWorkspace = eq(artifactReleases.workspaceId, workspaceId);
  const rows = await ctx.db
    .select()
    .from(artifactReleases)
    .where(ofWorkspace)
    .orderBy(sql`${artifactReleases.sizeBytes} desc nulls last`, asc(artifactReleases.prefix))
    .limit(500);
  const [total] = await ctx.db
    .select({
      folders: sql`count(*)`.mapWith(Number),
      files: sql`coalesce(sum(${artifactReleases.files}), 0)`.mapWith(Number),
      sizeBytes: sql`coalesce(sum(${artifactReleases.sizeBytes}), 0)`.mapWith(Number),
      removableBytes:
        sql`coalesce(sum(${artifactReleases.sizeBytes}) filter (where ${artifactReleases.heldBy} is null), 0)`.mapWith(
          Number,
        ),
    })
    .from(artifactReleases)
    .where(ofWorkspace);
  return {
    releases: rows.map(({ prefix, workspaceId: _, ...row }) => ({
      ...row,
      path: prefix.slice(workspaceId.length + 1),
    })),
    total: total ?? { folders: 0, files: 0, sizeBytes: 0, removableBytes: 0 },
  };
}
