import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { lagDistribution, maturityOf } from "#server/stats/estimation/completeness.ts";
import { minRows } from "../../contract.ts";
import { lagBucket, lagOfBucket } from "../../quality/counts/lag-buckets.ts";
import { readLabelLags } from "../../quality/read/label-lags.ts";
import type { LabelWindows } from "../checks/late-labels.ts";

/** Four of five labels: late enough that most have arrived, early enough to notice soon if they do not. */
const minArrivedShare = 0.8;
/** Delay below which labels are evaluated by the hour. */
const soonMs = 6 * hourMs;
const maxWindows = 31;
/** Time after which predictions and labels have been counted. */
const countedMs = 15 * minuteMs;

/** Counts labels that arrived in time, by hours or days that are old enough, at most 31 of them. @param now milliseconds since 1970 */
export async function readLabelWindows(ctx: Context, endpointId: string, now: number): Promise<LabelWindows> {
  const { lags, waiting } = await readLabelLags(ctx, endpointId, now);
  const steps = lagDistribution(
    lags.map(([bucket, count]) => ({ ageMs: lagOfBucket(bucket), count })),
    waiting,
  );
  const withinMs = maturityOf(steps, minArrivedShare);
  const stepMs = withinMs !== null && withinMs > soonMs ? dayMs : hourMs;
  if (withinMs === null) return { withinMs, stepMs, windows: [] };
  const until = Math.floor((now - withinMs - countedMs) / stepMs) * stepMs;
  // Hours without traffic are no windows, so more of them are read.
  const from = until - 4 * maxWindows * stepMs;
  const bucket = lagBucket(withinMs) - 1;
  const { rows } = await ctx.db.execute<{ start: number; predictions: number; inTime: number }>(sql`
    select * from (
      select (floor(extract(epoch from hour) * 1000 / ${stepMs}::float8) * ${stepMs}::float8)::float8 as start,
        sum(predictions)::float8 as predictions,
        coalesce(sum((select sum((lag->>1)::float8) from jsonb_array_elements(counts->'lags') as lag where (lag->>0)::float8 <= ${bucket})), 0)::float8 as "inTime"
      from quality_hours
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and segment = '' and arm <> 'shadow'
        and hour >= ${new Date(from).toISOString()}::timestamptz and hour < ${new Date(until).toISOString()}::timestamptz
      group by 1 having sum(predictions) >= ${minRows} order by 1 desc limit ${maxWindows}
    ) as newest order by start`);
  return { withinMs, stepMs, windows: rows };
}
