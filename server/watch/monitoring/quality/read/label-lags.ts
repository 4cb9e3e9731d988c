import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { floorTo } from "../../history/grains.ts";
import type { LabelLags } from "../measures/maturity.ts";

/** Labels of the last quarter tell how labels come now. */
const historyMs = 92 * dayMs;
/** Age up to which minutes are used where available: an hour is longer than some label delays. */
const fineMs = 2 * hourMs;

/**
 * Reads the delays of an endpoint's labels, and how long the other predictions have been pending, from hourly counts, and recent minutes
 * where stored: predictions are assumed to be as old as its middle. The caller has checked permissions.
 * @param now milliseconds since 1970
 */
export async function readLabelLags(ctx: Context, endpointId: string, now: number): Promise<LabelLags> {
  return (await readLabelLagsOf(ctx, [endpointId], now)).get(endpointId) ?? { lags: [], waiting: [] };
}

/** Reads the label lags of several endpoints; every endpoint is present. */
export async function readLabelLagsOf(
  ctx: Context,
  endpointIds: readonly string[],
  now: number,
): Promise<Map<string, LabelLags>> {
  const own = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = any(${sql.param([...endpointIds])}::uuid[])
    and segment = '' and arm <> 'shadow'`;
  const within = sql`${own} and hour >= ${instant(now - historyMs)}`;
  const fine = instant(floorTo(now - fineMs, "hour"));
  const [lags, waiting] = await sideBySide(ctx, [
    () =>
      ctx.db.execute<{ endpointId: string; bucket: number; count: number }>(sql`
        select endpoint_id as "endpointId", (lag->>0)::float8 as bucket, sum((lag->>1)::float8) as count
        from quality_hours, jsonb_array_elements(counts->'lags') as lag where ${within} group by 1, 2 order by 1, 2`),
    () =>
      ctx.db.execute<{ endpointId: string; middle: number; count: number }>(sql`
        with minutes as (
          select endpoint_id, minute, predictions, labelled from quality_minutes where ${own} and minute >= ${fine}
        )
        select endpoint_id as "endpointId", (extract(epoch from middle) * 1000)::float8 as middle,
          sum(predictions - labelled)::float8 as count
        from (
          select endpoint_id, minute + interval '30 seconds' as middle, predictions, labelled from minutes
          union all
          select endpoint_id, hour + interval '30 minutes', predictions, labelled from quality_hours where ${within}
            and (hour < ${fine} or (endpoint_id, hour) not in (select endpoint_id, date_trunc('hour', minute, 'UTC') from minutes))
        ) as counted group by 1, counted.middle having sum(predictions - labelled) > 0`),
  ]);
  const lagsOf = Map.groupBy(lags.rows, ({ endpointId }) => endpointId);
  const waitingOf = Map.groupBy(waiting.rows, ({ endpointId }) => endpointId);
  const laggedIn = (id: string): LabelLags => ({
    lags: (lagsOf.get(id) ?? []).map(({ bucket, count }) => [bucket, count] as const),
    waiting: (waitingOf.get(id) ?? []).map(({ middle, count }) => ({ ageMs: Math.max(0, now - middle), count })),
  });
  return new Map(endpointIds.map((id) => [id, laggedIn(id)]));
}

function instant(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
