import { sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { predictionLabels, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { rightOf } from "#server/serve/predictions/filter.ts";
import type { RolloutArm } from "../../../serve/rollout/evidence/contract.ts";
import { replaceCounts, type SourceCount } from "../../../serve/rollout/replace-counts.ts";
import type { StoredRollout } from "../rollout-rows.ts";

type Labelled = Pick<StoredRollout, "id" | "endpointId" | "canaryVersionId" | "createdAt">;

const logged = alias(predictions, "logged");
const copy = alias(predictions, "copy");

/**
 * Counts the incorrect predictions of a rollout, completely each time: labels may arrive before their request is in the log, and may be
 * corrected. Only sampled requests with a response count because all other reasons to log a request depend on the prediction; of each unit
 * only the first one with a label counts, and of requests with the same id, which several gateways may have logged, the first one.
 */
export async function countLabels(ctx: Context, rollout: Labelled): Promise<void> {
  const counts = [...(await countArms(ctx, rollout)), ...(await countPairs(ctx, rollout))];
  await replaceCounts(ctx, rollout.id, "labels", "label-errors", counts);
}

/**
 * Returns the start of relevant labels and requests, with a margin of an hour because clocks differ. The rollout recorded with each request
 * decides.
 */
function since({ createdAt }: Labelled) {
  return sql`${createdAt.toISOString()}::timestamptz - interval '1 hour'`;
}

interface Row {
  step: number;
  arm: RolloutArm;
  weight: number;
  units: number;
  events: number;
  misses: number;
}

/** Counts labelled requests of both arms by step, and the incorrect ones of them as events. The caller has checked permissions. */
export async function countArms(ctx: Context, rollout: Labelled): Promise<SourceCount[]> {
  const { rows } = await ctx.db.execute<Row & Record<string, unknown>>(sql`
    with labelled as (
      select distinct on (${logged.requestId}) ${logged.rollout}->>'unit' as unit, ${logged.at} as at, ${logged.id} as id,
        ${logged.arm} as arm, (${logged.rollout}->>'step')::int as step, (${logged.rollout}->>'weight')::float8 as weight,
        ${rightOf(logged)} as is_right
      from ${predictionLabels} join ${predictions} as logged on ${logged.workspaceId} = ${predictionLabels.workspaceId}
        and ${logged.endpointId} = ${predictionLabels.endpointId} and ${logged.requestId} = ${predictionLabels.requestId}
      where ${predictionLabels.workspaceId} = ${ctx.actor.workspaceId} and ${predictionLabels.endpointId} = ${rollout.endpointId}
        and ${isRepresentative(predictionLabels.selection)} and ${predictionLabels.receivedAt} >= ${since(rollout)} and ${logged.at} >= ${since(rollout)}
        and ${logged.rollout}->>'id' = ${rollout.id} and ${logged.loggedReason} = 'sampled' and ${logged.arm} <> 'shadow'
        and ${logged.answer} is not null and ${isOutsideGameDays("logged")}
      order by ${logged.requestId}, ${logged.at}, ${logged.id}
    ), answers as (
      select distinct on (unit) step, arm, weight, is_right from labelled order by unit, at, id
    )
    select step, arm, max(weight) as weight, count(*)::float8 as units, (count(*) filter (where not is_right))::float8 as events,
      0::float8 as misses
    from answers group by step, arm`);
  return rows;
}

/** Counts requests with predictions of both versions. */
async function countPairs(ctx: Context, rollout: Labelled): Promise<SourceCount[]> {
  const isCanarys = sql`${copy.versionId} = ${rollout.canaryVersionId}`;
  const { rows } = await ctx.db.execute<Row & Record<string, unknown>>(sql`
    with labelled as (
      select distinct on (${copy.requestId}) ${copy.rollout}->>'unit' as unit, ${copy.at} as at, ${copy.id} as id,
        (${copy.rollout}->>'step')::int as step, (${copy.rollout}->>'weight')::float8 as weight,
        case when ${isCanarys} then ${rightOf(copy)} else ${rightOf(logged)} end as canary_is_right,
        case when ${isCanarys} then ${rightOf(logged)} else ${rightOf(copy)} end as stable_is_right
      from ${predictionLabels} join ${predictions} as copy on ${copy.workspaceId} = ${predictionLabels.workspaceId}
        and ${copy.endpointId} = ${predictionLabels.endpointId} and ${copy.requestId} = ${predictionLabels.requestId}
      join ${predictions} as logged on ${logged.workspaceId} = ${copy.workspaceId}
        and ${logged.endpointId} = ${copy.endpointId} and ${logged.requestId} = ${copy.requestId}
        and ${logged.id}::text = coalesce(${copy.rollout}->>'originalId', ${logged.id}::text)
      where ${predictionLabels.workspaceId} = ${ctx.actor.workspaceId} and ${predictionLabels.endpointId} = ${rollout.endpointId}
        and ${isRepresentative(predictionLabels.selection)} and ${predictionLabels.receivedAt} >= ${since(rollout)} and ${copy.at} >= ${since(rollout)} and ${logged.at} >= ${since(rollout)}
        and ${copy.rollout}->>'id' = ${rollout.id} and ${copy.arm} = 'shadow' and ${copy.loggedReason} = 'sampled'
        and ${logged.arm} <> 'shadow' and ${logged.loggedReason} = 'sampled' and ${logged.versionId} <> ${copy.versionId}
        and ${copy.answer} is not null and ${logged.answer} is not null
        and ${isOutsideGameDays("logged")} and ${isOutsideGameDays("copy")}
      order by ${copy.requestId}, ${copy.at}, ${copy.id}, ${logged.at}, ${logged.id}
    ), pairs as (
      select distinct on (unit) step, weight, canary_is_right, stable_is_right from labelled order by unit, at, id
    )
    select step, 'pair' as arm, max(weight) as weight, count(*)::float8 as units,
      (count(*) filter (where stable_is_right and not canary_is_right))::float8 as events,
      (count(*) filter (where canary_is_right and not stable_is_right))::float8 as misses
    from pairs group by step`);
  return rows;
}
