import { experiments, experimentTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkKey } from "../keys.ts";
import { SetExperimentTag } from "./contract.ts";
import { lockActiveExperiment, thisExperiment } from "./lock-experiment.ts";

/** Sets a tag of an active experiment; the tag mlflow.note.content is its description. */
export async function setExperimentTag(ctx: Context, input: SetExperimentTag): Promise<void> {
  permit(ctx, "setExperimentTag");
  const { experimentId, key, value } = SetExperimentTag.parse(input);
  checkKey(key, "key");
  await transact(ctx, async (ctx) => {
    await lockActiveExperiment(ctx, experimentId, "no key update");
    await ctx.db
      .insert(experimentTags)
      .values({ workspaceId: ctx.actor.workspaceId, experimentId, key, value })
      .onConflictDoUpdate({
        target: [experimentTags.workspaceId, experimentTags.experimentId, experimentTags.key],
        set: { value },
      });
    await ctx.db.update(experiments).set({ updatedAt: Date.now() }).where(thisExperiment(ctx, experimentId));
    await publish(ctx, "experiment", String(experimentId));
  });
}
