import { and, eq, isNull, lt, or } from "drizzle-orm";
import { featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findFeatureView } from "./lookups.ts";

/**
 * Notes that a client has written the newest rows of a view's source up to an event time, in microseconds since 1970; an earlier one than is
 * known changes nothing.
 * @throws FeatureError "view-not-found"
 */
export async function noteMaterialised(ctx: Context, { name, until }: { name: string; until: number }): Promise<void> {
  permit(ctx, "noteMaterialised");
  const { id } = await findFeatureView(ctx, name);
  const isLater = or(isNull(featureViews.materialisedUntil), lt(featureViews.materialisedUntil, until));
  await ctx.db
    .update(featureViews)
    .set({ materialisedUntil: until })
    .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), eq(featureViews.id, id), isLater));
  await publish(ctx, "features", name);
}
