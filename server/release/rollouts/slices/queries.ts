import { and, eq, type SQL, sql } from "drizzle-orm";
import { endpoints, predictionLabels, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitEndpoint } from "#server/serve/endpoints/permit-endpoint.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { isCorrect } from "#server/serve/predictions/filter.ts";
import { ownLatency } from "#server/serve/predictions/own-latency.ts";
import { loadPrediction } from "#server/serve/predictions/queries.ts";
import { oddsRatio } from "#server/stats/odds-ratio.ts";
import { FrozenFacts } from "../../../serve/rollout/contract.ts";
import { GetRolloutSlices, type RolloutSlices, type Slice, type SliceKind } from "./contract.ts";

const maxSlices = 12;
const maxFirst = 5;
const alpha = 0.05;
type Metric = RolloutSlices["metric"];

/**
 * Returns which segments a rollout affected, from the stored predictions: bad and good records by caller, prediction and provider in both
 * arms, and the first bad ones. @throws DomainError "not-found"
 */
export async function getRolloutSlices(ctx: Context, input: GetRolloutSlices): Promise<RolloutSlices> {
  permit(ctx, "getRolloutSlices");
  const { rolloutId, metric } = GetRolloutSlices.parse(input);
  const { slowMs, where } = await findLogged(ctx, rolloutId);
  const isBad = badness(metric, slowMs);
  // All failed requests are in the log; of slow and incorrect ones only the sample is representative.
  const chosen = metric === "slow" || metric === "label-errors" ? sql`${where} and logged_reason = 'sampled'` : where;
  const rows = await countSlices(ctx, chosen, isBad);
  const counted = rows.filter(({ kind }) => kind !== "all");
  const allTraffic = rows.find(({ kind }) => kind === "all");
  const perSlice = alpha / Math.max(1, counted.length);
  return {
    metric,
    all: withOdds(allTraffic, alpha),
    slices: counted
      // A failed request has no prediction.
      .filter(({ kind }) => kind !== "answer" || metric === "slow" || metric === "label-errors")
      .map((row): Slice => ({ kind: row.kind as SliceKind, value: row.value, ...withOdds(row, perSlice) }))
      .filter(({ canary }) => canary.bad > 0)
      .sort((a, b) => (b.odds?.low ?? 0) - (a.odds?.low ?? 0) || b.canary.bad - a.canary.bad)
      .slice(0, maxSlices),
    first: {
      stable: await firstBad(ctx, chosen, isBad, "stable"),
      canary: await firstBad(ctx, chosen, isBad, "canary"),
    },
  };
}

async function findLogged(ctx: Context, rolloutId: string): Promise<{ slowMs: number; where: SQL }> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select({ rollout: rollouts, endpoint: endpoints.name })
    .from(rollouts)
    .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
    .where(and(eq(rollouts.workspaceId, workspaceId), eq(rollouts.id, rolloutId)));
  if (!row) throw new DomainError("not-found", "Rollout not found. See Rollouts for a list.");
  permitEndpoint(ctx, row.endpoint);
  const { endpointId, createdAt, endedAt, frozen } = row.rollout;
  const until = endedAt?.toISOString() ?? null;
  return {
    slowMs: FrozenFacts.parse(frozen).slowMs,
    // Requests that started before the end are logged after it.
    where: sql`predictions.workspace_id = ${workspaceId} and predictions.endpoint_id = ${endpointId}
      and at >= ${createdAt.toISOString()}::timestamptz
      and at < coalesce(${until}::timestamptz, now()) + interval '10 minutes'
      and rollout->>'id' = ${rolloutId} and source = 'model' and ${isOutsideGameDays()}`,
  };
}

function badness(metric: Metric, slowMs: number): SQL {
  const of: Record<Metric, SQL> = {
    errors: sql`status >= 500`,
    "client-errors": sql`status in (400, 422)`,
    slow: sql`${ownLatency()} > ${slowMs}`,
    "label-errors": sql`not ${isCorrect}`,
  };
  return of[metric];
}

interface SliceRow {
  [column: string]: unknown;
  kind: SliceKind | "all";
  value: string | null;
  stableBad: number;
  stableGood: number;
  canaryBad: number;
  canaryGood: number;
}

/** Counts bad and good records of both arms; records that are neither, such as predictions without a label, are left out. */
async function countSlices(ctx: Context, where: SQL, isBad: SQL): Promise<SliceRow[]> {
  const count = (arm: string, bad: boolean) => sql`count(*) filter (where arm = ${arm} and bad = ${bad})::int`;
  const { rows } = await ctx.db.execute<SliceRow>(sql`
    with evaluated as (
      select arm, caller, answer, provider, ${isBad} as bad
      from predictions left join prediction_labels
        on prediction_labels.endpoint_id = predictions.endpoint_id and prediction_labels.request_id = predictions.request_id
        and ${isRepresentative(predictionLabels.selection)}
      where ${where} and arm in ('stable', 'canary')
    )
    select case when grouping(caller) = 0 then 'caller' when grouping(answer) = 0 then 'answer'
        when grouping(provider) = 0 then 'provider' else 'all' end as kind,
      coalesce(caller, answer, provider) as value,
      ${count("stable", true)} as "stableBad", ${count("stable", false)} as "stableGood",
      ${count("canary", true)} as "canaryBad", ${count("canary", false)} as "canaryGood"
    from evaluated where bad is not null
    group by grouping sets ((caller), (answer), (provider), ())`);
  return rows;
}

function withOdds(row: SliceRow | undefined, perSlice: number): Omit<Slice, "kind" | "value"> {
  const stable = { bad: row?.stableBad ?? 0, good: row?.stableGood ?? 0 };
  const canary = { bad: row?.canaryBad ?? 0, good: row?.canaryGood ?? 0 };
  return { stable, canary, odds: oddsRatio(canary, stable, perSlice) ?? null };
}

async function firstBad(ctx: Context, where: SQL, isBad: SQL, arm: "stable" | "canary") {
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    select predictions.id from predictions left join prediction_labels
      on prediction_labels.endpoint_id = predictions.endpoint_id and prediction_labels.request_id = predictions.request_id
        and ${isRepresentative(predictionLabels.selection)}
    where ${where} and arm = ${arm} and ${isBad} order by at, predictions.id limit ${maxFirst}`);
  return sideBySide(
    ctx,
    rows.map(
      ({ id }) =>
        () =>
          loadPrediction(ctx, { id }),
    ),
  );
}
