import { and, eq, gte, lt, sql } from "drizzle-orm";
import { dataQualityMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Counts the rows of a range that met all expectations, out of all checked rows; null when none was checked. */
export async function readRowResults(
  ctx: Context,
  endpointId: string,
  { from, to }: { from: Date; to: Date },
): Promise<{ good: number; total: number } | null> {
  const of = dataQualityMinutes;
  const [row] = await ctx.db
    .select({
      good: sql<number>`coalesce(sum(${of.good}), 0)::float8`,
      total: sql<number>`coalesce(sum(${of.total}), 0)::float8`,
    })
    .from(of)
    .where(
      and(
        eq(of.workspaceId, ctx.actor.workspaceId),
        eq(of.endpointId, endpointId),
        gte(of.minute, from),
        lt(of.minute, to),
      ),
    );
  return row && row.total > 0 ? row : null;
}
