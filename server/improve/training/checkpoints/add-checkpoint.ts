import { and, eq, isNull, max, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type AttemptCaller, type AttemptRow, holdAttempt } from "../attempts/hold-attempt.ts";
import { highestStep, highestStepBetween } from "../attempts/last-step-of.ts";
import type { CheckpointFile } from "../contract.ts";
import { blobKey } from "./blob-key.ts";
import type { AddCheckpoint, AddedCheckpoint } from "./contract.ts";
import { markRemoved } from "./mark-removed.ts";
import { pointsWhenSaved } from "./points-when-saved.ts";
import { removeBlobs } from "./remove-blobs.ts";

/** Files that are looked up in the store at once. */
const atOnce = 16;

/**
 * Records a checkpoint whose files are all stored: from here on it can be resumed from. The same one again gets the same answer. Older ones that
 * are not to be kept are removed then. docs/spec/training.md section 16.
 * @throws DomainError "conflict" when a file is missing; as holdAttempt
 */
export async function addCheckpoint(
  db: Database,
  caller: AttemptCaller,
  input: AddCheckpoint,
  artifacts: Pick<ArtifactStore, "stat" | "remove">,
): Promise<AddedCheckpoint> {
  const added = await holdAttempt(
    db,
    caller,
    async (ctx, attempt) => {
      const files = input.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      const known = await findSame(ctx, caller.jobId, { name: input.name, files });
      if (known) return known;
      await requireFiles(ctx, caller.jobId, files, artifacts);
      const added = await insert(ctx, attempt, { ...input, files });
      await markRemoved(ctx, caller.jobId);
      await publish(ctx, "training", caller.jobId);
      return added;
    },
    { lockJob: true },
  );
  // It is stored. A store that cannot remove must not keep the wrapper from sending the next one, with which it is tried again.
  await removeBlobs(db, caller.jobId, artifacts).catch((cause: unknown) => {
    log.error("training.checkpoints_not_removed", { job: caller.jobId, cause });
  });
  return added;
}

async function findSame(
  ctx: Context,
  jobId: string,
  { name, files }: Pick<AddCheckpoint, "name" | "files">,
): Promise<AddedCheckpoint | undefined> {
  const [same] = await ctx.db
    .select({ id: trainingCheckpoints.id, seq: trainingCheckpoints.seq })
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId),
        eq(trainingCheckpoints.jobId, jobId),
        eq(trainingCheckpoints.name, name),
        isNull(trainingCheckpoints.tornAt),
        isNull(trainingCheckpoints.removedAt),
        sql`${trainingCheckpoints.files} = ${JSON.stringify(files)}::jsonb`,
      ),
    );
  return same;
}

/** Nothing removes a file of the job while it is locked. */
async function requireFiles(
  ctx: Context,
  jobId: string,
  files: readonly CheckpointFile[],
  artifacts: Pick<ArtifactStore, "stat">,
): Promise<void> {
  for (let at = 0; at < files.length; at += atOnce) {
    await Promise.all(
      files.slice(at, at + atOnce).map(async ({ path, sizeBytes, sha256 }) => {
        const stored = await artifacts.stat(blobKey(ctx.actor.workspaceId, jobId, sha256)).catch((error: unknown) => {
          if (error instanceof DomainError && error.code === "not-found") return undefined;
          throw error;
        });
        if (stored?.sizeBytes === sizeBytes) return;
        throw new DomainError("conflict", `The file ${path} is not stored. Send it first.`);
      }),
    );
  }
}

async function insert(ctx: Context, attempt: AttemptRow, input: AddCheckpoint): Promise<AddedCheckpoint> {
  const { workspaceId, jobId } = attempt;
  const ofJob = and(eq(trainingCheckpoints.workspaceId, workspaceId), eq(trainingCheckpoints.jobId, jobId));
  const [newest] = await ctx.db
    .select({ seq: max(trainingCheckpoints.seq) })
    .from(trainingCheckpoints)
    .where(ofJob);
  const [job] = await ctx.db
    .select({ runId: trainingJobs.runId })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), eq(trainingJobs.id, jobId)));
  const runId = job?.runId ?? "";
  const step = input.step ?? (await stepWhenSaved(ctx, runId, input.saved));
  const savedAt = input.saved && new Date(input.saved.until);
  const times = { savedAt, sentSeconds: input.sentSeconds, createdAt: new Date() };
  const points = await pointsWhenSaved(ctx, { runId, attemptId: attempt.id, step, ...times });
  const [added] = await ctx.db
    .insert(trainingCheckpoints)
    .values({
      workspaceId,
      jobId,
      attemptId: attempt.id,
      seq: (newest?.seq ?? 0) + 1,
      name: input.name,
      framework: input.framework,
      step,
      savedAt,
      files: input.files,
      sizeBytes: input.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      metrics: Object.fromEntries(
        [...points].flatMap(([key, { value }]) => (Number.isFinite(value) ? [[key, value]] : [])),
      ),
      savedSeconds: input.savedSeconds,
      sentSeconds: input.sentSeconds,
    })
    .returning({ id: trainingCheckpoints.id, seq: trainingCheckpoints.seq });
  if (!added) throw new Error("The checkpoint was not inserted.");
  return added;
}

/** The run has gone on while the files settled and were sent, so the highest step of now is too high. */
async function stepWhenSaved(ctx: Context, runId: string, saved: AddCheckpoint["saved"]): Promise<number | null> {
  const step = saved && (await highestStepBetween(ctx, runId, saved));
  return step ?? highestStep(ctx, runId);
}
