import { and, eq, inArray } from "drizzle-orm";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { blobKey } from "../checkpoints/blob-key.ts";
import { lockJob } from "../jobs/lock-job.ts";

const batch = 200;
/** Files of a job that are looked up in the store at once. */
const atOnce = 16;
/** Longer than a checkpoint takes from its first file to its manifest. A wrapper whose file is gone all the same is asked to send it again. */
const minAgeMs = dayMs;

type Store = Pick<ArtifactStore, "list" | "stat" | "remove">;

/**
 * Removes files that no checkpoint has a day after they were stored: their program was killed before it could add the checkpoint, or wrote it
 * anew while it was sent. Jobs that run leave them as well.
 */
export async function removeLooseFiles(ctx: Context, artifacts: Store, attempt: Attempt): Promise<void> {
  const { workspaceId } = ctx.actor;
  const folders = await artifacts.list(artifactKey(workspaceId, ["training"]));
  const names = folders.flatMap(({ name, isFolder }) => (isFolder && name.startsWith("tj-") ? [name] : []));
  for (let at = 0; at < names.length; at += batch) {
    const jobs = await ctx.db
      .select({ id: trainingJobs.id })
      .from(trainingJobs)
      .where(and(eq(trainingJobs.workspaceId, workspaceId), inArray(trainingJobs.id, names.slice(at, at + batch))))
      .orderBy(trainingJobs.id);
    for (const { id } of jobs) {
      await attempt({ id: `files ${id}`, workspaceId }, () => removeLoose(ctx, id, artifacts));
    }
  }
}

async function removeLoose(ctx: Context, jobId: string, artifacts: Store): Promise<void> {
  const { workspaceId } = ctx.actor;
  const stored = await artifacts.list(artifactKey(workspaceId, ["training", jobId, "blobs"]));
  const known = await namesOf(ctx, jobId);
  const loose = stored.flatMap(({ name }) => (known.has(name) ? [] : [blobKey(workspaceId, jobId, name)]));
  if ((await oldOf(loose, artifacts)).length === 0) return;
  await transact(ctx, async (ctx) => {
    // No checkpoint is added meanwhile.
    await lockJob(ctx, jobId);
    const known = await namesOf(ctx, jobId);
    const names = stored.flatMap(({ name }) => (known.has(name) ? [] : [blobKey(workspaceId, jobId, name)]));
    for (const key of await oldOf(names, artifacts)) await artifacts.remove(key);
  });
}

/** Files that are old enough; one that has been removed is none. */
async function oldOf(keys: readonly string[], artifacts: Pick<ArtifactStore, "stat">): Promise<string[]> {
  const old: string[] = [];
  for (let at = 0; at < keys.length; at += atOnce) {
    const looks = keys.slice(at, at + atOnce).map(async (key) => {
      const { storedAt } = await artifacts.stat(key).catch((error: unknown) => {
        if (error instanceof DomainError && error.code === "not-found") return { storedAt: new Date() };
        throw error;
      });
      return Date.now() - storedAt.getTime() > minAgeMs ? [key] : [];
    });
    old.push(...(await Promise.all(looks)).flat());
  }
  return old;
}

/** Files that checkpoints have, also removed ones: those are removed with their checkpoint. */
async function namesOf(ctx: Context, jobId: string): Promise<Set<string>> {
  const rows = await ctx.db
    .select({ files: trainingCheckpoints.files })
    .from(trainingCheckpoints)
    .where(and(eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId), eq(trainingCheckpoints.jobId, jobId)));
  return new Set(rows.flatMap(({ files }) => files.map(({ sha256 }) => sha256)));
}
