import { runViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { CreateView, type SavedView } from "./contract.ts";
import { nameInUse, toView } from "./rows.ts";

/**
 * Saves a view of the runs of an experiment under a name.
 * @throws DomainError "conflict" when the name is taken, "invalid" for a private view of an actor that is not a user.
 */
export async function createView(ctx: Context, input: CreateView): Promise<SavedView> {
  permit(ctx, "createView");
  const { experimentId, name, isOwn, state } = CreateView.parse(input);
  const { workspaceId, kind, id, name: createdBy } = ctx.actor;
  if (isOwn && kind !== "user")
    throw new DomainError("invalid", "Private views require a person. Save a shared view instead.");
  try {
    return await transact(ctx, async (ctx) => {
      await lockActiveExperiment(ctx, experimentId, "share");
      const [row] = await ctx.db
        .insert(runViews)
        .values({ workspaceId, experimentId, name, ownerId: isOwn ? id : null, state, createdBy })
        .returning();
      if (!row) throw new Error("The view was not created.");
      await record(ctx, "view.created", { subject: `experiment/${experimentId}`, after: { name, isOwn, state } });
      await publish(ctx, "experiment", String(experimentId));
      return toView(row);
    });
  } catch (error) {
    throw nameInUse(error, name);
  }
}
