import { and, eq } from "drizzle-orm";
import { experiments, experimentTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockActiveExperiment, thisExperiment } from "./lock-experiment.ts";

/** Removes a tag of an active experiment. @throws DomainError "not-found" when it has no such tag. */
export async function deleteExperimentTag(ctx: Context, input: { experimentId: number; key: string }): Promise<void> {
  permit(ctx, "deleteExperimentTag");
  const { experimentId, key } = input;
  await transact(ctx, async (ctx) => {
    await lockActiveExperiment(ctx, experimentId, "no key update");
    const removed = await ctx.db
      .delete(experimentTags)
      .where(
        and(
          eq(experimentTags.workspaceId, ctx.actor.workspaceId),
          eq(experimentTags.experimentId, experimentId),
          eq(experimentTags.key, key),
        ),
      )
      .returning();
    if (removed.length === 0) {
      throw new DomainError("not-found", `No tag with name: ${key} in experiment with id ${experimentId}`);
    }
    await ctx.db.update(experiments).set({ updatedAt: Date.now() }).where(thisExperiment(ctx, experimentId));
    await publish(ctx, "experiment", String(experimentId));
  });
}
