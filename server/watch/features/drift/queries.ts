import { and, asc, desc, eq, gte, lte } from "drizzle-orm";
import { datasetVersions, featureDriftDays, featureDriftReferences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs } from "#server/base/durations.ts";
import { findFeatureView } from "#server/develop/features/definitions/lookups.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { levelBars, numberBars } from "#server/watch/monitoring/drift/report/display-bins.ts";
import type { FeatureProfile, FeatureState } from "../../monitoring/state/contract.ts";
import { unpackState } from "../../monitoring/state/unpack-state.ts";
import { dayOf, dayRange } from "../day-range.ts";
import { type DriftedViewFeature, GetViewDrift, type ViewDrift, type ViewDriftReference } from "./contract.ts";

const defaultDays = 30;

type ReferenceRow = typeof featureDriftReferences.$inferSelect;
type DayRow = typeof featureDriftDays.$inferSelect;

/**
 * Returns how the features of a view are distributed by day, among the rows that arrived, against its reference.
 * @throws FeatureError "view-not-found"
 */
export async function getViewDrift(ctx: Context, input: GetViewDrift): Promise<ViewDrift> {
  permit(ctx, "getViewDrift");
  const { view: name, ...asked } = GetViewDrift.parse(input);
  const view = await findFeatureView(ctx, name);
  const range = dayRange(asked, { days: defaultDays, now: await databaseNow(ctx.db) });
  const none = { view: name, ...range, newest: null, features: [] };
  const [reference] = await ctx.db
    .select({ row: featureDriftReferences, dataset: datasetVersions.name })
    .from(featureDriftReferences)
    .leftJoin(datasetVersions, eq(datasetVersions.id, featureDriftReferences.datasetVersionId))
    .where(
      and(
        eq(featureDriftReferences.workspaceId, ctx.actor.workspaceId),
        eq(featureDriftReferences.viewId, view.id),
        eq(featureDriftReferences.version, view.currentVersion),
      ),
    )
    .orderBy(desc(featureDriftReferences.createdAt))
    .limit(1);
  if (!reference) return { ...none, reference: null, problem: "no-reference" };
  const days = await ctx.db
    .select()
    .from(featureDriftDays)
    .where(
      and(
        eq(featureDriftDays.workspaceId, ctx.actor.workspaceId),
        eq(featureDriftDays.referenceId, reference.row.id),
        gte(featureDriftDays.day, range.from),
        lte(featureDriftDays.day, range.to),
      ),
    )
    .orderBy(asc(featureDriftDays.day));
  const shown = toReference(reference.row, reference.dataset);
  const newest = days.at(-1);
  if (!newest) return { ...none, reference: shown, problem: "no-rows" };
  return {
    ...none,
    reference: shown,
    problem: null,
    newest: { day: newest.day, arrived: newest.arrived, rows: newest.rows },
    features: toFeatures(reference.row, days, newest),
  };
}

function toReference(row: ReferenceRow, dataset: string | null): ViewDriftReference {
  const { kind, version, rows, createdAt } = row;
  return { kind, version, rows, words: describeReference(row, dataset), createdAt };
}

function describeReference({ kind, fromAt, toAt }: ReferenceRow, dataset: string | null): string {
  if (kind === "training-set") return dataset === null ? "a training set that was deleted" : `training set ${dataset}`;
  const first = fromAt ? dayOf(fromAt.getTime()) : "";
  const last = toAt ? dayOf(toAt.getTime() - dayMs) : "";
  return `rows that arrived from ${first} to ${last}`;
}

const order = ["drift", "minor", "expected", "usual", "untestable", "too-few", "no-data"];

function toFeatures(reference: ReferenceRow, days: readonly DayRow[], newest: DayRow): DriftedViewFeature[] {
  const state = unpackState(newest.state);
  const features = reference.features.flatMap(({ name, profile }, index): DriftedViewFeature[] => {
    const last = newest.features.find(({ feature }) => feature === name);
    if (!last) return [];
    const own = days.flatMap(({ day, features }) => {
      const found = features.find(({ feature }) => feature === name);
      if (!found) return [];
      const { state, psi, line, nullShare, rows } = found;
      return [{ day, state, psi, line, nullShare, rows }];
    });
    return [{ feature: name, newest: last, bars: barsOfDay(profile, state.features[index]), days: own }];
  });
  return features.sort(
    (a, b) =>
      order.indexOf(a.newest.state) - order.indexOf(b.newest.state) || (b.newest.psi ?? 0) - (a.newest.psi ?? 0),
  );
}

function barsOfDay(profile: FeatureProfile, state: FeatureState | undefined): DriftedViewFeature["bars"] {
  if (profile.kind === "numeric" && state?.kind === "numeric") return numberBars(profile, state);
  return profile.kind === "categorical" && state?.kind === "categorical" ? levelBars(profile, state) : [];
}
