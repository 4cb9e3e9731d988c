import { and, asc, eq, gte, lt, lte, max, min, sql } from "drizzle-orm";
import { featureSkew, featureSkewHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { findFeatureView } from "#server/develop/features/definitions/lookups.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type DayRange, dayRange } from "../day-range.ts";
import { addSkew, toSkewCounts } from "./add-counts.ts";
import {
  GetViewSkew,
  knownLimit,
  type SkewComparison,
  type SkewCounts,
  type SkewedViewFeature,
  trueLimit,
  type ViewSkew,
} from "./contract.ts";

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
  const range = dayRange(asked, { days: defaultDays, now: await databaseNow(ctx.db) });
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
  const features = [...Map.groupBy(rows, ({ feature }) => feature)].map(([feature, own]) => toFeature(feature, own));
  return {
    view: name,
    ...range,
    ...(await readProgress(ctx, view.id, range)),
    limits: { known: knownLimit, true: trueLimit },
    ...both(rows),
    features: features.sort((a, b) => compareShares(a, b) || (a.feature < b.feature ? -1 : 1)),
  };
}

function toFeature(feature: string, rows: readonly SkewRow[]): SkewedViewFeature {
  return {
    feature,
    versions: [...new Set(rows.map(({ version }) => version))].sort((a, b) => a - b),
    ...both(rows),
    days: [...Map.groupBy(rows, ({ day }) => day)].map(([day, own]) => ({ day, ...both(own) })),
  };
}

function both(rows: readonly SkewRow[]): { known: SkewCounts; true: SkewCounts } {
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
