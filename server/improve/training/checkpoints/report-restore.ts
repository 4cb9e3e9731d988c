import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingCheckpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type AttemptCaller, type AttemptRow, holdAttempt, readAsAttempt } from "../attempts/hold-attempt.ts";
import { type CheckedStore, isDamaged } from "./is-damaged.ts";
import { removeBlobs } from "./remove-blobs.ts";

type Found = { checkpointId: string; outcome: "restored" | "torn" };

/** Checks that are under way, by checkpoint: a wrapper whose call timed out repeats it, and one reading of the files is enough. */
const checks = new Map<string, Promise<boolean>>();

/**
 * Records what a wrapper found when it restored a checkpoint: "restored", its files matched their digests and its attempt began with it; or
 * "torn", they did not. Then Leeway reads them itself, since the machine or the way to it may be what is broken: only a checkpoint that it finds
 * damaged as well is removed and never restored again; an intact one stays for the next attempt. Repeating it changes nothing.
 * @throws DomainError "not-found"; as holdAttempt
 */
export async function reportRestore(
  db: Database,
  caller: AttemptCaller,
  found: Found,
  artifacts: CheckedStore & Pick<ArtifactStore, "remove">,
): Promise<void> {
  // Gigabytes take a while, in which no row is to be locked.
  const damaged = found.outcome === "torn" && (await isFoundDamaged(db, caller, found.checkpointId, artifacts));
  await holdAttempt(db, caller, (ctx, attempt) => store(ctx, attempt, { ...found, damaged }), { lockJob: true });
  // The same files may be saved again, and must not be taken for stored then.
  if (damaged) await removeBlobs(db, caller.jobId, artifacts);
}

async function isFoundDamaged(
  db: Database,
  caller: AttemptCaller,
  checkpointId: string,
  artifacts: CheckedStore,
): Promise<boolean> {
  const attempt = await readAsAttempt(db, caller);
  const checkpoint = await requireCheckpoint(db, attempt, checkpointId);
  if (checkpoint.tornAt !== null) return true;
  const running = checks.get(checkpointId) ?? isDamaged(attempt, checkpoint.files, artifacts);
  checks.set(checkpointId, running);
  const damaged = await running.finally(() => checks.delete(checkpointId));
  const words = { job: caller.jobId, attempt: caller.number, checkpoint: checkpoint.seq };
  if (!damaged) log.warn("training.checkpoint_intact", { ...words, reason: "A wrapper found it damaged; it is not." });
  return damaged;
}

async function store(
  ctx: Context,
  attempt: AttemptRow,
  { checkpointId, outcome, damaged }: Found & { damaged: boolean },
): Promise<void> {
  const checkpoint = await requireCheckpoint(ctx.db, attempt, checkpointId);
  const isThis = eq(trainingCheckpoints.id, checkpoint.id);
  const ofAttempt = eq(trainingAttempts.id, attempt.id);
  if (outcome === "restored") {
    await ctx.db
      .update(trainingCheckpoints)
      .set({ verifiedAt: sql`coalesce(${trainingCheckpoints.verifiedAt}, now())` })
      .where(isThis);
    const startedFrom = { resumedFrom: checkpoint.id, fromStep: checkpoint.step };
    await ctx.db.update(trainingAttempts).set(startedFrom).where(ofAttempt);
  } else {
    // Until another one is restored it begins from the start.
    if (attempt.resumedFrom === checkpoint.id) {
      await ctx.db.update(trainingAttempts).set({ resumedFrom: null, fromStep: null }).where(ofAttempt);
    }
    if (damaged && checkpoint.tornAt === null) {
      const marks = { tornAt: sql`now()`, removedAt: sql`now()`, verifiedAt: null };
      await ctx.db.update(trainingCheckpoints).set(marks).where(isThis);
      const counted = { tornCheckpoints: sql`${trainingAttempts.tornCheckpoints} + 1` };
      await ctx.db.update(trainingAttempts).set(counted).where(ofAttempt);
    }
  }
  await publish(ctx, "training", attempt.jobId);
}

async function requireCheckpoint(db: Database, { workspaceId, jobId }: AttemptRow, checkpointId: string) {
  const [checkpoint] = await db
    .select()
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, workspaceId),
        eq(trainingCheckpoints.jobId, jobId),
        eq(trainingCheckpoints.id, checkpointId),
      ),
    );
  if (!checkpoint) throw new DomainError("not-found", "This job has no such checkpoint.");
  return checkpoint;
}
