import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { areArtifactsHeld } from "#server/platform/artifacts/artifact-hold.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { blobKey } from "./blob-key.ts";

/**
 * Removes the files of removed checkpoints that no other one has. The job is locked meanwhile, so that no checkpoint with one of them is added. A
 * removed checkpoint without files has been seen to; one whose files could not be removed is tried again with the next. While a backup copies
 * files none is removed.
 */
export async function removeBlobs(
  db: Database,
  jobId: string,
  artifacts: Pick<ArtifactStore, "remove">,
): Promise<void> {
  const [job] = await db
    .select({ workspaceId: trainingJobs.workspaceId })
    .from(trainingJobs)
    .where(eq(trainingJobs.id, jobId));
  if (!job) return;
  const { workspaceId } = job;
  const ofJob = and(eq(trainingCheckpoints.workspaceId, workspaceId), eq(trainingCheckpoints.jobId, jobId));
  const due = and(ofJob, isNotNull(trainingCheckpoints.removedAt), sql`${trainingCheckpoints.files} <> '[]'::jsonb`);
  if ((await db.$count(trainingCheckpoints, due)) === 0) return;
  // A backup copies files. What was marked after its snapshot is marked before this looks, so that it finds all files of its rows.
  if (await areArtifactsHeld(db)) return;
  await transact(systemContext(db, workspaceId, "training"), async (ctx) => {
    await lockJob(ctx, jobId);
    const removed = await ctx.db.select().from(trainingCheckpoints).where(due);
    const kept = await ctx.db
      .select({ files: trainingCheckpoints.files })
      .from(trainingCheckpoints)
      .where(and(ofJob, isNull(trainingCheckpoints.removedAt)));
    const inUse = new Set(kept.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
    const unused = new Set(removed.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
    for (const sha256 of unused) if (!inUse.has(sha256)) await artifacts.remove(blobKey(workspaceId, jobId, sha256));
    const ids = removed.map(({ id }) => id);
    if (ids.length === 0) return;
    await ctx.db
      .update(trainingCheckpoints)
      .set({ files: [] })
      .where(and(ofJob, inArray(trainingCheckpoints.id, ids)));
  });
}
