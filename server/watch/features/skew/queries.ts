import { and, asc, eq, gte, lt, lte, max, min, sql } from "drizzle-orm";
import { z } from "zod";
import { endpoints, featureSkew, featureSkewHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { findFeatureView } from "#server/develop/features/definitions/lookups.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type DayRange, dayRange } from "../day-range.ts";
import { addSkew, type SkewSums, toSkewCounts } from "./add-counts.ts";
import {
  GetViewSkew,
  type RecentSkew,
  SkewCause,
  SkewComparison,
  type SkewCounts,
  type SkewedViewFeature,
  type ViewSkew,
  type ViewSkewSummary,
} from "./contract.ts";
import { type RecentShare, recentMs, recentSkew, skewHours, skewLimits } from "./recent-skew.ts";

const defaultDays = 14;

type SkewRow = typeof featureSkew.$inferSelect;

/**
 * Returns how often values that were served from a view differ from those that its history gives, by feature and cause.
 * @throws FeatureError "view-not-found"
 */
export async function getViewSkew(ctx: Context, input: GetViewSkew): Promise<ViewSkew> {
  permit(ctx, "getViewSkew");
  const { view: name, ...asked } = GetViewSkew.parse(input);
  const view = await findFeatureView(ctx, name);
  const now = await databaseNow(ctx.db);
  const range = dayRange(asked, { days: defaultDays, now });
  const recent = await readRecent(ctx, view.id, now);
  const rows = await ctx.db
    .select()
    .from(featureSkew)
    .where(
      and(
        eq(featureSkew.workspaceId, ctx.actor.workspaceId),
        eq(featureSkew.viewId, view.id),
        gte(featureSkew.day, range.from),
        lte(featureSkew.day, range.to),
      ),
    )
    .orderBy(asc(featureSkew.day));
  const features = [...Map.groupBy(rows, ({ feature }) => feature)].map(([feature, own]) => {
    return toFeature(feature, own, recent(feature));
  });
  return {
    view: name,
    ...range,
    ...(await readProgress(ctx, view.id, range)),
    limits: skewLimits,
    recent: recent(),
    ...both(rows),
    features: features.sort((a, b) => compareShares(a, b) || (a.feature < b.feature ? -1 : 1)),
  };
}

const Summed = z.object({
  viewId: z.string(),
  view: z.string(),
  comparison: SkewComparison,
  compared: z.number(),
  mismatched: z.number(),
  missing: z.number(),
  extra: z.number(),
  differenceSum: z.number(),
  magnitudeSum: z.number(),
  causes: z.partialRecord(SkewCause, z.number()),
});

/** Lists how often values that were served from each view differed from those that its history gives in the last two weeks, by name. */
export async function listViewSkew(ctx: Context): Promise<ViewSkewSummary[]> {
  permit(ctx, "listViewSkew");
  const { from, to } = dayRange({}, { days: defaultDays, now: await databaseNow(ctx.db) });
  const result = await ctx.db.execute(sql`
    with counted as materialized (
      select view.name, skew.* from feature_views as view join feature_skew as skew on skew.view_id = view.id
      where view.workspace_id = ${ctx.actor.workspaceId} and skew.day between ${from} and ${to}
    ),
    caused as (
      select view_id, comparison, jsonb_object_agg(cause, count) as causes
      from (
        select view_id, comparison, key as cause, sum(value::int8) as count
        from counted cross join lateral jsonb_each_text(causes) group by 1, 2, 3
      ) as counts group by 1, 2
    )
    select summed.*, coalesce(caused.causes, '{}') as causes
    from (
      select view_id as "viewId", name as view, comparison, sum(compared)::float8 as compared, sum(mismatched)::float8 as mismatched,
        sum(missing)::float8 as missing, sum(extra)::float8 as extra, sum(difference_sum) as "differenceSum", sum(magnitude_sum) as "magnitudeSum"
      from counted group by 1, 2, 3
    ) as summed
    left join caused on caused.view_id = summed."viewId" and caused.comparison = summed.comparison
    order by summed.view`);
  const byView = Map.groupBy(rowsOf(Summed, result), ({ view }) => view);
  return [...byView].map(([view, rows]) => ({ view, ...both(rows) }));
}

/** Reads what findings go by now. @returns by feature, where it differs most; without one, of the feature that differs most */
async function readRecent(ctx: Context, viewId: string, now: number) {
  const { hour, tallies, workspaceId } = featureSkewHours;
  const rows = await ctx.db
    .select({ hour, tallies })
    .from(featureSkewHours)
    .where(
      and(
        eq(workspaceId, ctx.actor.workspaceId),
        eq(featureSkewHours.viewId, viewId),
        gte(hour, new Date(now - recentMs)),
      ),
    );
  const shares = recentSkew(
    rows.map((row) => ({ ...row, hour: row.hour.getTime() })),
    now,
  );
  const names = new Map(
    (
      await ctx.db
        .select({ id: endpoints.id, name: endpoints.name })
        .from(endpoints)
        .where(eq(endpoints.workspaceId, ctx.actor.workspaceId))
    ).map(({ id, name }) => [id, name]),
  );
  const worst = (comparison: SkewComparison, isWanted: (share: RecentShare) => boolean): RecentSkew | null => {
    const found = shares[comparison].find(isWanted);
    if (!found) return null;
    const { endpointId, causes: _, ...share } = found;
    return { ...share, endpoint: names.get(endpointId) ?? null, hours: skewHours[comparison] };
  };
  return (feature?: string): ViewSkew["recent"] => {
    const isWanted = (share: RecentShare) => feature === undefined || share.feature === feature;
    return { known: worst("known", isWanted), true: worst("true", isWanted) };
  };
}

function toFeature(feature: string, rows: readonly SkewRow[], recent: SkewedViewFeature["recent"]): SkewedViewFeature {
  return {
    feature,
    versions: [...new Set(rows.map(({ version }) => version))].sort((a, b) => a - b),
    recent,
    ...both(rows),
    days: [...Map.groupBy(rows, ({ day }) => day)].map(([day, own]) => ({ day, ...both(own) })),
  };
}

function both(rows: readonly (SkewSums & { comparison: SkewComparison })[]): { known: SkewCounts; true: SkewCounts } {
  const of = (comparison: SkewComparison) => toSkewCounts(addSkew(rows.filter((row) => row.comparison === comparison)));
  return { known: of("known"), true: of("true") };
}

function compareShares(a: SkewedViewFeature, b: SkewedViewFeature): number {
  return (b.known.share ?? 0) - (a.known.share ?? 0) || (b.true.share ?? 0) - (a.true.share ?? 0);
}

/** Hours of the range that were compared. */
async function readProgress(
  ctx: Context,
  viewId: string,
  { from, to }: DayRange,
): Promise<Pick<ViewSkew, "knownUntil" | "trueUntil" | "keyShare">> {
  const { hour, isFinal, keyShare } = featureSkewHours;
  const [found] = await ctx.db
    .select({
      known: max(hour),
      true: sql`max(${hour}) filter (where ${isFinal})`.mapWith(hour),
      keyShare: min(keyShare),
    })
    .from(featureSkewHours)
    .where(
      and(
        eq(featureSkewHours.workspaceId, ctx.actor.workspaceId),
        eq(featureSkewHours.viewId, viewId),
        gte(hour, new Date(from)),
        lt(hour, new Date(Date.parse(to) + dayMs)),
      ),
    );
  const endOf = (start: Date | null | undefined) => (start ? new Date(start.getTime() + hourMs) : null);
  return { knownUntil: endOf(found?.known), trueUntil: endOf(found?.true), keyShare: found?.keyShare ?? null };
}
