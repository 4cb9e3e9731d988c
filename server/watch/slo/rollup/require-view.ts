import { and, eq } from "drizzle-orm";
import { featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/** Returns the name of a feature view of this workspace. @throws DomainError "not-found" with the field */
export async function requireView(ctx: Context, viewId: string): Promise<string> {
  const [view] = await ctx.db
    .select({ name: featureViews.name })
    .from(featureViews)
    .where(and(eq(featureViews.id, viewId), eq(featureViews.workspaceId, ctx.actor.workspaceId)));
  if (view) return view.name;
  throw new DomainError("not-found", "Feature view not found. Choose another one.", {
    field: "definition.indicator.viewId",
  });
}
