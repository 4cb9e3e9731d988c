import { and, eq, inArray, sql } from "drizzle-orm";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { blobKey } from "../checkpoints/blob-key.ts";
import { lockJob } from "../jobs/lock-job.ts";

const batch = 200;

/**
 * Removes files of ended jobs that no checkpoint has: they were sent, and their program was killed before it could add the checkpoint. A day after the
 * end nothing sends files any more, as every attempt has lost its right to.
 */
export async function removeLooseFiles(
  ctx: Context,
  artifacts: Pick<ArtifactStore, "list" | "remove">,
  attempt: Attempt,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const folders = await artifacts.list(artifactKey(workspaceId, ["training"]));
  const jobs = folders.flatMap(({ name, isFolder }) => (isFolder && name.startsWith("tj-") ? [name] : []));
  for (let at = 0; at < jobs.length; at += batch) {
    const ended = await ctx.db
      .select({ id: trainingJobs.id })
      .from(trainingJobs)
      .where(
        and(
          eq(trainingJobs.workspaceId, workspaceId),
          inArray(trainingJobs.id, jobs.slice(at, at + batch)),
          sql`${trainingJobs.endedAt} < now() - interval '1 day'`,
        ),
      )
      .orderBy(trainingJobs.id);
    for (const { id } of ended) {
      await attempt({ id: `files ${id}`, workspaceId }, () => removeLoose(ctx, id, artifacts));
    }
  }
}

async function removeLoose(
  ctx: Context,
  jobId: string,
  artifacts: Pick<ArtifactStore, "list" | "remove">,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const stored = await artifacts.list(artifactKey(workspaceId, ["training", jobId, "blobs"]));
  const names = stored.map(({ name }) => name);
  const known = await namesOf(ctx, jobId);
  if (names.every((name) => known.has(name))) return;
  await transact(ctx, async (ctx) => {
    await lockJob(ctx, jobId);
    const known = await namesOf(ctx, jobId);
    for (const name of names) if (!known.has(name)) await artifacts.remove(blobKey(workspaceId, jobId, name));
  });
}

/** Files that checkpoints have, also removed ones: those are removed with their checkpoint. */
async function namesOf(ctx: Context, jobId: string): Promise<Set<string>> {
  const rows = await ctx.db
    .select({ files: trainingCheckpoints.files })
    .from(trainingCheckpoints)
    .where(and(eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId), eq(trainingCheckpoints.jobId, jobId)));
  return new Set(rows.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
}
