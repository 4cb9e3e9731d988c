import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingCheckpoints } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type AttemptCaller, holdAttempt } from "../attempts/hold-attempt.ts";

/**
 * Records what a wrapper found when it restored a checkpoint: "restored", its files matched their digests and its attempt began with it; or
 * "torn", they did not, and it is never restored again. Repeating it changes nothing. @throws DomainError "not-found"; as holdAttempt
 */
export function reportRestore(
  db: Database,
  caller: AttemptCaller,
  { checkpointId, outcome }: { checkpointId: string; outcome: "restored" | "torn" },
): Promise<void> {
  return holdAttempt(
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
        const begun = { resumedFrom: checkpoint.id, fromStep: checkpoint.step };
        await ctx.db.update(trainingAttempts).set(begun).where(ofAttempt);
      } else if (checkpoint.tornAt === null) {
        await ctx.db.update(trainingCheckpoints).set({ tornAt: sql`now()`, verifiedAt: null }).where(isThis);
        // Until another one is restored it begins from the start.
        const begun = attempt.resumedFrom === checkpoint.id ? { resumedFrom: null, fromStep: null } : {};
        await ctx.db
          .update(trainingAttempts)
          .set({ ...begun, tornCheckpoints: sql`${trainingAttempts.tornCheckpoints} + 1` })
          .where(ofAttempt);
      }
      await publish(ctx, "training", caller.jobId);
    },
    { lockJob: true },
  );
}
