import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { featureArrivals, featureUses, featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureArrival, ViewFreshness } from "../contract.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { layoutOf } from "../definitions/view-features.ts";
import { noFeatureView } from "../feature-error.ts";
import { decodeEntityKey } from "../rows/entity-key.ts";
import { versionOfRow } from "../rows/packed-row.ts";

const maxArrivals = 20;
/** Arrivals among which the newest event is looked for: they are found by transaction, and late ones may come last. */
const recentArrivals = 200;

/**
 * Lists the newest arrival and event of each view, by name, and which model versions and endpoints use it. Rows for the history alone have no
 * newest event where the view has others: look-ups do not find them.
 */
export async function listViewFreshness(ctx: Context): Promise<ViewFreshness[]> {
  permit(ctx, "listViewFreshness");
  const { workspaceId } = ctx.actor;
  const result = await ctx.db.execute(sql`
    select ${featureViews.id} as id, ${featureViews.name} as name, recent.arrived_at, recent.event_at,
      (extract(epoch from clock_timestamp()) * 1000000)::int8 as now
    from ${featureViews} left join feature_marks as mark on mark.view_id = ${featureViews.id} left join lateral (
      select max(newest.arrived_at) as arrived_at, max(newest.event_at) filter (where newest.is_found) as event_at from (
        (select arrived_at, event_at, is_online or not ${featureViews.isOnline} as is_found from feature_arrivals
        where view_number = ${featureViews.number} order by transaction desc, sequence desc limit ${recentArrivals})
        -- Arrivals are packed into files after an hour. Files do not say what look-ups find; the mark does, once it counts.
        union all select max_arrived_at, max_event_at, mark.newest_event_at is null from feature_files
        where view_id = ${featureViews.id} and replaced_at is null
        union all select null, mark.newest_event_at, true
      ) newest
    ) recent on true
    where ${featureViews.workspaceId} = ${workspaceId} order by ${featureViews.name}`);
  const users = await ctx.db
    .select({ viewId: featureUses.viewId, kind: featureUses.userKind, name: featureUses.userName })
    .from(featureUses)
    .where(and(eq(featureUses.workspaceId, workspaceId), inArray(featureUses.userKind, ["model-version", "endpoint"])))
    .orderBy(asc(featureUses.userName));
  const usersOf = Map.groupBy(users, ({ viewId }) => viewId);
  return rowsOf(FreshnessRow, result).map(({ id, name, arrived_at: arrivedAt, event_at: eventAt, now }) => ({
    view: name,
    arrivedAt,
    eventAt,
    ageUs: eventAt === null ? null : Math.max(0, now - eventAt),
    users: distinctUsers(usersOf.get(id) ?? []),
  }));
}

/** A user of two versions of a view is named once. */
function distinctUsers(users: readonly { kind: string; name: string }[]): ViewFreshness["users"] {
  const found = new Map(
    users.map(({ kind, name }) => [`${kind} ${name}`, { kind, name } as ViewFreshness["users"][number]]),
  );
  return [...found.values()];
}

const FreshnessRow = z.object({
  id: z.string(),
  name: z.string(),
  arrived_at: z.number().nullable(),
  event_at: z.number().nullable(),
  now: z.number(),
});

/** Lists the newest rows that arrived for a view, the last first. @throws FeatureError "view-not-found" */
export async function listNewestArrivals(ctx: Context, name: string): Promise<FeatureArrival[]> {
  permit(ctx, "listNewestArrivals");
  const { views } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const view = views.get(name);
  if (!view) throw noFeatureView(name);
  const rows = await ctx.db
    .select()
    .from(featureArrivals)
    .where(eq(featureArrivals.viewNumber, view.number))
    .orderBy(desc(featureArrivals.transaction), desc(featureArrivals.sequence))
    .limit(maxArrivals);
  const types = view.current.entities.map(({ type }) => type);
  return rows.map(({ key, eventAt, createdAt, arrivedAt, packed, isNewest, origin }) => {
    const version = versionOfRow(packed);
    const schema = view.versions.get(version);
    const layout = schema && layoutOf(schema);
    const values = layout?.unpack(packed) ?? [];
    return {
      keys: decodeEntityKey(types, key),
      values: (layout?.slots ?? []).map((slot, index) => ({ ...slot, value: values[index] ?? null })),
      version,
      eventAt,
      createdAt,
      arrivedAt,
      isNewest,
      origin,
    };
  });
}
