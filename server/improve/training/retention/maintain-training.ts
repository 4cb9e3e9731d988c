import { eq } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { areArtifactsHeld } from "#server/platform/artifacts/artifact-hold.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { removeLooseFiles } from "./remove-loose-files.ts";
import { removeOldCheckpoints } from "./remove-old-checkpoints.ts";
import { removeOldLogs } from "./remove-old-logs.ts";

/**
 * The nightly work of training: removes logs and older checkpoints of jobs that ended long ago, and files without a checkpoint. Each job is an item, and a
 * step that was cut off is done again the next night. An archived workspace stays as it is. docs/spec/training.md sections 15 and 16.
 */
export async function maintainTraining(
  ctx: Context,
  artifacts: Pick<ArtifactStore, "list" | "stat" | "remove">,
  attempt: Attempt = attemptOnce,
): Promise<void> {
  permit(ctx, "maintainTraining");
  if (await isArchived(ctx)) return;
  await removeOldLogs(ctx, attempt);
  // A backup copies files: the next night removes what is due.
  if (await areArtifactsHeld(ctx.db)) return;
  await removeOldCheckpoints(ctx, artifacts, attempt);
  await removeLooseFiles(ctx, artifacts, attempt);
}

async function isArchived(ctx: Context): Promise<boolean> {
  const [workspace] = await ctx.db
    .select({ archivedAt: workspaces.archivedAt })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.actor.workspaceId));
  return workspace?.archivedAt !== null;
}
