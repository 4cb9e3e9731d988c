import { and, eq } from "drizzle-orm";
import { featureTrainingSets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { AcknowledgeLeaks, type TrainingSet, TrainingSetWarning } from "./contract.ts";
import { loadTrainingSet } from "./queries.ts";
import { describeLeaks, isSameLeak, unacknowledgedLeaks } from "./unacknowledged-leaks.ts";

/**
 * Gives reasons for what the leak check of a training set found. Once each finding has one, a job creates the version, from the rows and the
 * history that were checked.
 * @throws DomainError "not-found"; "conflict" if the training set does not wait for that
 */
export async function acknowledgeLeaks(ctx: Context, input: AcknowledgeLeaks): Promise<TrainingSet> {
  permit(ctx, "acknowledgeLeaks");
  const { id, leaks } = AcknowledgeLeaks.parse(input);
  return transact(ctx, async (ctx) => {
    await ctx.db
      .select({ id: featureTrainingSets.id })
      .from(featureTrainingSets)
      .where(and(eq(featureTrainingSets.id, id), eq(featureTrainingSets.workspaceId, ctx.actor.workspaceId)))
      .for("update");
    const { name, state, request, warnings } = await loadTrainingSet(ctx, id);
    if (state !== "held") throw new DomainError("conflict", "The training set does not need a reason.");
    const kept = request.acknowledgedLeaks.filter((earlier) => !leaks.some((leak) => isSameLeak(leak, earlier)));
    const acknowledgedLeaks = [...kept, ...leaks];
    const left = unacknowledgedLeaks(TrainingSetWarning.array().parse(warnings), acknowledgedLeaks);
    const isHeld = left.length > 0;
    await ctx.db
      .update(featureTrainingSets)
      .set({
        request: { ...request, acknowledgedLeaks, isHeld },
        ...(isHeld
          ? { problem: describeLeaks(left) }
          : { state: "waiting", problem: null, endedAt: null, attempts: 0 }),
      })
      .where(eq(featureTrainingSets.id, id));
    await record(ctx, "training-set.leaks-acknowledged", { subject: `dataset/${name}`, after: { leaks } });
    if (!isHeld) await enqueue(ctx, "make-training-set", { trainingSetId: id });
    await publish(ctx, "features", id);
    return loadTrainingSet(ctx, id);
  });
}
