import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { ServedView } from "#server/serve/features/contract.ts";

/** What one prediction got from a view. */
export interface ServedPrediction {
  endpointId: string;
  /** In microseconds since 1970. */
  servedAt: number;
  /** Of this view, one for each set of keys. */
  views: ServedView[];
}

const pagePredictions = 1_000;
const pageBytes = 16 * 2 ** 20;

/**
 * Selects predictions whose look-ups are compared: sampled ones, which represent all requests, and no shadow copies, which got the values of the
 * requests that they copy.
 */
export const isCompared = sql`features is not null and arm <> 'shadow' and logged_reason = 'sampled'`;

/** Selects predictions of the workspace, by the index that endpoints have. */
export function ofWorkspace(ctx: Context): SQL {
  const { workspaceId } = ctx.actor;
  return sql`workspace_id = ${workspaceId} and endpoint_id in (select id from endpoints where workspace_id = ${workspaceId})`;
}

const Row = z.object({
  id: z.string(),
  at: z.string(),
  endpointId: z.string(),
  servedAt: z.number(),
  views: z.array(ServedView),
});

/** Reads what the predictions of an hour got from a view, in pages of at most 1,000 and about 16 MiB. @param hour its start, in milliseconds since 1970 */
export async function* servedPages(
  ctx: Context,
  { viewId, hour }: { viewId: string; hour: number },
): AsyncGenerator<ServedPrediction[]> {
  const isView = JSON.stringify({ views: [{ viewId }] });
  let after = { at: new Date(hour).toISOString(), id: "00000000-0000-0000-0000-000000000000" };
  for (;;) {
    const page = rowsOf(
      Row,
      await ctx.db.execute(sql`
        with next as (
          select id, at, endpoint_id, features, sum(pg_column_size(features)) over (order by at, id) - pg_column_size(features) as before
          from (
            select id, at, endpoint_id, features from predictions
            where ${ofWorkspace(ctx)} and at >= ${after.at}::timestamptz
              and at < ${new Date(hour + hourMs).toISOString()}::timestamptz
              and (at, id) > (${after.at}::timestamptz, ${after.id}::uuid)
              and ${isCompared} and features @> ${isView}::jsonb
            order by at, id limit ${pagePredictions}) found
        )
        select id, at::text as at, endpoint_id as "endpointId", (features ->> 'servedAt')::float8 as "servedAt",
          jsonb_path_query_array(features, '$.views[*] ? (@.viewId == $id)', jsonb_build_object('id', ${viewId}::text)) as views
        from next where before < ${pageBytes} order by next.at, id`),
    );
    const last = page.at(-1);
    if (!last) return;
    yield page.map(({ endpointId, servedAt, views }) => ({ endpointId, servedAt, views }));
    after = last;
  }
}
