import { and, eq } from "drizzle-orm";
import { featureViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteDefinition } from "../contract.ts";
import { waitForWriters } from "../writes/hold-views.ts";
import { findFeatureView, lockDefinitions } from "./lookups.ts";
import { refuseWhileUsed } from "./users-of-view.ts";

/**
 * Deletes a view with its versions. No look-up finds its rows from then on; the worker deletes them.
 * @throws FeatureError "view-not-found", "in-use" if something uses it
 */
export async function deleteFeatureView(ctx: Context, input: DeleteDefinition): Promise<void> {
  permit(ctx, "deleteFeatureView");
  const { name, force } = DeleteDefinition.parse(input);
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const view = await findFeatureView(ctx, name);
    await refuseWhileUsed(ctx, view, { what: `Deleting "${name}"`, force });
    await waitForWriters(ctx);
    await ctx.db
      .delete(featureViews)
      .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.id, view.id)));
    await releaseArtifacts(ctx, [`features/${view.id}`]);
    const before = { number: view.number, version: view.currentVersion, source: view.source };
    await record(ctx, "feature-view.deleted", { subject: `feature-view/${name}`, before, reason: force });
    await publish(ctx, "features", name);
  });
}
