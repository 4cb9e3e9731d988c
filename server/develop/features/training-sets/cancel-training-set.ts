import { and, eq, inArray, or, sql } from "drizzle-orm";
import { featureTrainingSets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { TrainingSet } from "./contract.ts";
import { loadTrainingSet } from "./queries.ts";

/** Cancels a training set that is not made yet. @throws DomainError "not-found", "conflict" if it has ended already */
export async function cancelTrainingSet(ctx: Context, trainingSetId: string): Promise<TrainingSet> {
  permit(ctx, "cancelTrainingSet");
  return transact(ctx, async (ctx) => {
    const { id, name } = await loadTrainingSet(ctx, trainingSetId);
    const [row] = await ctx.db
      .update(featureTrainingSets)
      .set({ state: "cancelled", endedAt: new Date() })
      .where(
        and(
          eq(featureTrainingSets.id, id),
          eq(featureTrainingSets.workspaceId, ctx.actor.workspaceId),
          or(
            inArray(featureTrainingSets.state, ["waiting", "running"]),
            sql`${featureTrainingSets.state} = 'failed' and ${featureTrainingSets.request} @> '{"isHeld": true}'`,
          ),
        ),
      )
      .returning({ id: featureTrainingSets.id });
    if (!row) throw new DomainError("conflict", "The training set has already ended.");
    await record(ctx, "training-set.cancelled", { subject: `dataset/${name}` });
    await publish(ctx, "features", id);
    return loadTrainingSet(ctx, id);
  });
}
