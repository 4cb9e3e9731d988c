import { and, eq, isNotNull, notInArray } from "drizzle-orm";
import { imports } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { evictFiles } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

/** Removes the file of an import that has ended. The row is updated last: after a crash in between, the next run removes the rest. */
export async function removeUpload(ctx: Context, artifacts: ArtifactStore, importId: string): Promise<void> {
  const isThis = and(eq(imports.id, importId), eq(imports.workspaceId, ctx.actor.workspaceId));
  const [row] = await ctx.db
    .select({ key: imports.artifactKey })
    .from(imports)
    .where(and(isThis, isNotNull(imports.artifactKey), notInArray(imports.state, ["waiting", "running"])));
  if (!row?.key) return;
  await artifacts.remove(row.key);
  await evictFiles(ctx, row.key);
  await ctx.db.update(imports).set({ artifactKey: null }).where(isThis);
}
