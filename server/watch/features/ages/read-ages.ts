import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { AgeHistogram } from "#server/stats/age-histogram.ts";

export interface AgesAsked {
  viewId: string;
  /** Age of rows when they were looked up, or time from event to arrival. */
  kind: "atLookUp" | "toArrival";
  /** Minutes after it, as an instant. */
  since: SQL;
  /** Id of an endpoint; undefined: all. */
  consumer?: string | undefined;
}

const Bucket = z.object({ bucket: z.string(), rows: z.number() });

/** Sums up the ages that were counted of a view. */
export async function readAges(ctx: Context, { viewId, kind, since, consumer }: AgesAsked): Promise<AgeHistogram> {
  const result = await ctx.db.execute(sql`
    select key as bucket, sum(value::float8) as rows
    from feature_minutes cross join lateral jsonb_each_text(coalesce(ages->${kind}::text, '{}'))
    where view_id = ${viewId}::uuid and workspace_id = ${ctx.actor.workspaceId} and minute > ${since}
      and ${consumer === undefined ? sql`true` : sql`consumer = ${consumer}`}
    group by key`);
  return Object.fromEntries(rowsOf(Bucket, result).map(({ bucket, rows }) => [bucket, rows]));
}
