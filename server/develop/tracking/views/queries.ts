import { and, asc, eq, sql } from "drizzle-orm";
import { runViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { SavedView } from "./contract.ts";
import { toView, visible } from "./rows.ts";

/** Views of an experiment: the team's, then the caller's own, oldest first. */
export async function listViews(ctx: Context, experimentId: number): Promise<SavedView[]> {
  permit(ctx, "listViews");
  const rows = await ctx.db
    .select()
    .from(runViews)
    .where(and(visible(ctx), eq(runViews.experimentId, experimentId)))
    .orderBy(sql`${runViews.ownerId} is not null`, asc(runViews.createdAt), asc(runViews.name))
    .limit(100);
  return rows.map(toView);
}
