import { and, eq } from "drizzle-orm";
import { featureSources } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteDefinition } from "../contract.ts";
import { FeatureError } from "../feature-error.ts";
import { findSource, lockDefinitions, viewsWithSource } from "./lookups.ts";

/**
 * Deletes a source.
 * @throws FeatureError "source-not-found", "in-use" if views have it, unless there is a reason to force it
 */
export async function deleteViewSource(ctx: Context, input: DeleteDefinition): Promise<void> {
  permit(ctx, "deleteViewSource");
  const { name, force } = DeleteDefinition.parse(input);
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const { kind, options } = await findSource(ctx, name);
    const [view] = await viewsWithSource(ctx, name);
    if (view !== undefined && force === undefined) {
      throw new FeatureError("conflict", "in-use", `View "${view}" has the source "${name}". Delete the view first.`);
    }
    await ctx.db
      .delete(featureSources)
      .where(and(eq(featureSources.workspaceId, ctx.actor.workspaceId), eq(featureSources.name, name)));
    const subject = `feature-source/${name}`;
    await record(ctx, "feature-source.deleted", { subject, before: { kind, options }, reason: force });
    await publish(ctx, "features", name);
  });
}
