import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingCheckpoints } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type AttemptCaller, holdAttempt } from "../attempts/hold-attempt.ts";
import { removeBlobs } from "./remove-blobs.ts";

/**
 * Records what a wrapper found when it restored a checkpoint: "restored", its files matched their digests and its attempt began with it; or
 * "torn", they did not, and it is never restored again. Repeating it changes nothing. @throws DomainError "not-found"; as holdAttempt
 */
export async function reportRestore(
  db: Database,
  caller: AttemptCaller,
  { checkpointId, outcome }: { checkpointId: string; outcome: "restored" | "torn" },
  artifacts: Pick<ArtifactStore, "remove">,
): Promise<void> {
  await holdAttempt(
    db,
    caller,
    async (ctx, attempt) => {
      const isThis = and(
        eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId),
        eq(trainingCheckpoints.jobId, caller.jobId),
        eq(trainingCheckpoints.id, checkpointId),
      );
      const [checkpoint] = await ctx.db.select().from(trainingCheckpoints).where(isThis);
      if (!checkpoint) throw new DomainError("not-found", "This job has no such checkpoint.");
      const ofAttempt = eq(trainingAttempts.id, attempt.id);
      if (outcome === "restored") {
        await ctx.db
          .update(trainingCheckpoints)
          .set({ verifiedAt: sql`coalesce(${trainingCheckpoints.verifiedAt}, now())` })
          .where(isThis);
        const startedFrom = { resumedFrom: checkpoint.id, fromStep: checkpoint.step };
        await ctx.db.update(trainingAttempts).set(startedFrom).where(ofAttempt);
      } else if (checkpoint.tornAt === null) {
        await ctx.db
          .update(trainingCheckpoints)
          .set({ tornAt: sql`now()`, removedAt: sql`now()`, verifiedAt: null })
          .where(isThis);
        // Until another one is restored it begins from the start.
        const startedFrom = attempt.resumedFrom === checkpoint.id ? { resumedFrom: null, fromStep: null } : {};
        await ctx.db
          .update(trainingAttempts)
          .set({ ...startedFrom, tornCheckpoints: sql`${trainingAttempts.tornCheckpoints} + 1` })
          .where(ofAttempt);
      }
      await publish(ctx, "training", caller.jobId);
    },
    { lockJob: true },
  );
  // The same files may be saved again, and must not be taken for stored then.
  if (outcome === "torn") await removeBlobs(db, caller.jobId, artifacts);
}
