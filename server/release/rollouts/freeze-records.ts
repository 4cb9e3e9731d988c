import { sql } from "drizzle-orm";
import { predictionLabels, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { rightOf } from "#server/serve/predictions/filter.ts";
import type { Frozen } from "./freeze-facts.ts";

/** Minimum number of values for a high percentile. */
const minCosts = 100;
const clippedAbove = 0.99;

/** Counts a version's labelled and its incorrect predictions in the representative sample, for labels of the last day. */
export async function labelRecord(ctx: Context, { endpointId, versionId }: Pick<Frozen, "endpointId" | "versionId">) {
  const { rows } = await ctx.db.execute<{ units: number; events: number }>(sql`
    select count(*)::float8 as units, (count(*) filter (where not ${rightOf(predictions)}))::float8 as events
    from ${predictionLabels} join ${predictions} on ${predictions.workspaceId} = ${predictionLabels.workspaceId}
      and ${predictions.endpointId} = ${predictionLabels.endpointId} and ${predictions.requestId} = ${predictionLabels.requestId}
    where ${predictionLabels.workspaceId} = ${ctx.actor.workspaceId} and ${predictionLabels.endpointId} = ${endpointId}
      and ${predictionLabels.receivedAt} >= now() - interval '1 day' and ${predictions.versionId} = ${versionId}
      and ${isRepresentative(predictionLabels.selection)} and ${predictions.arm} <> 'shadow' and ${predictions.loggedReason} = 'sampled' and ${predictions.answer} is not null
      and ${isOutsideGameDays()}`);
  return { units: rows[0]?.units ?? 0, events: rows[0]?.events ?? 0 };
}

/**
 * Returns the maximum cost that one request counts as: the 99th percentile of the last day. The interval for means is asymptotic, and a few
 * outliers would invalidate it (docs/spec/sequential-analysis.md section 9.1: clip first). In prices if requests have some, otherwise in
 * milliseconds of the worker for the complete batch: a request's share of it is not recorded, and is at most that.
 * @returns null with fewer than 100 recorded requests
 */
export async function costClip(ctx: Context, { endpointId, versionId }: Frozen): Promise<number | null> {
  const ms = (part: string) => sql`(parts->>${part})::float8`;
  const { rows } = await ctx.db.execute<{
    priced: number;
    price: number | null;
    timed: number;
    time: number | null;
  }>(sql`
    select count(cost)::float8 as priced, percentile_cont(${clippedAbove}) within group (order by cost) as price,
      count(took)::float8 as timed, percentile_cont(${clippedAbove}) within group (order by took) as time
    from (
      select cost, ${ms("inputMs")} + ${ms("computeMs")} + ${ms("outputMs")} as took
      from predictions
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and version_id = ${versionId}
        and arm <> 'shadow' and logged_reason = 'sampled' and source = 'model' and at >= now() - interval '1 day'
        and ${isOutsideGameDays()}
      order by at desc limit 100000
    ) as costs`);
  const { priced = 0, price = null, timed = 0, time = null } = rows[0] ?? {};
  const clip = priced >= minCosts ? price : timed >= minCosts && priced === 0 ? time : null;
  return clip !== null && clip > 0 ? clip : null;
}
