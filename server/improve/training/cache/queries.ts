import { desc, eq } from "drizzle-orm";
import { trainingCache } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { CachedResult } from "./contract.ts";

/** Lists results of steps, the one first that was used last, with what they have saved; at most 500. */
export async function listTrainingCache(ctx: Context): Promise<CachedResult[]> {
  permit(ctx, "listTrainingCache");
  const rows = await ctx.db
    .select()
    .from(trainingCache)
    .where(eq(trainingCache.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(trainingCache.usedAt), trainingCache.key)
    .limit(500);
  return rows.map(({ workspaceId: _, output: _output, ...row }) => ({
    ...row,
    savedSeconds: row.uses * (row.seconds ?? 0),
  }));
}
