import { and, eq, isNotNull, lt, notInArray, or, sql } from "drizzle-orm";
import { exports } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { evictFiles } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { retentionDays } from "../contract.ts";

/** Selects exports whose file is no longer needed: unfinished ones, and those beyond their retention. */
export const isUseless = and(
  isNotNull(exports.artifactKey),
  or(
    notInArray(exports.state, ["waiting", "running", "done"]),
    and(eq(exports.state, "done"), lt(exports.endedAt, sql`now() - make_interval(days => ${retentionDays})`)),
  ),
);

/** Removes the file of an export that is no longer needed. The row is updated last. */
export async function removeExportFile(ctx: Context, artifacts: ArtifactStore, exportId: string): Promise<void> {
  const isThis = and(eq(exports.id, exportId), eq(exports.workspaceId, ctx.actor.workspaceId));
  const [row] = await ctx.db.select({ key: exports.artifactKey }).from(exports).where(and(isThis, isUseless));
  if (!row?.key) return;
  await artifacts.remove(row.key);
  await evictFiles(ctx, row.key);
  await ctx.db.update(exports).set({ artifactKey: null }).where(isThis);
}
