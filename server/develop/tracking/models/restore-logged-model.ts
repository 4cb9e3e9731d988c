import { and, isNotNull } from "drizzle-orm";
import { loggedModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseWhilePurged } from "#server/platform/purge-lock/refuse-while-purged.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { noLoggedModel, thisLoggedModel } from "./lock-logged-model.ts";

/**
 * Brings a deleted logged model back; one that is not deleted stays as it is.
 * @throws DomainError "not-found", "invalid" while its experiment is deleted, "conflict" while it is being purged
 */
export async function restoreLoggedModel(ctx: Context, modelId: string): Promise<void> {
  permit(ctx, "restoreLoggedModel");
  await transact(ctx, async (ctx) => {
    const [known] = await ctx.db.select().from(loggedModels).where(thisLoggedModel(ctx, modelId));
    if (!known) throw noLoggedModel(modelId);
    await lockActiveExperiment(ctx, known.experimentId, "share");
    const restored = await ctx.db
      .update(loggedModels)
      .set({ deletedAt: null, updatedAt: Date.now() })
      .where(and(thisLoggedModel(ctx, modelId), isNotNull(loggedModels.deletedAt)))
      .returning({ name: loggedModels.name });
    await refuseWhilePurged(ctx, "logged-model", [modelId]);
    // The purge that this may have waited for has ended, and the model with it.
    const isGone = restored.length === 0 && (await ctx.db.$count(loggedModels, thisLoggedModel(ctx, modelId))) === 0;
    if (isGone) throw noLoggedModel(modelId);
    for (const { name } of restored) {
      await record(ctx, "logged-model.restored", { subject: `logged-model/${modelId}`, after: { name } });
    }
    await publish(ctx, "experiment", String(known.experimentId));
  });
}
