import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { Span } from "#server/base/span.ts";
import { noFeatureView } from "#server/develop/features/feature-error.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AgeHistogram, addAges, ageQuantiles } from "#server/stats/age-histogram.ts";
import {
  GetViewWatch,
  ListViewWatch,
  type LookUpCounts,
  type Quantiles,
  type ViewConsumer,
  type ViewPoint,
  type ViewWatch,
  type ViewWatchSummary,
} from "./contract.ts";

const maxPoints = 120;

const Counted = z.object({
  viewId: z.string(),
  consumer: z.string(),
  /** Start of the point, in milliseconds since 1970. */
  at: z.number(),
  lookUps: z.number(),
  found: z.number(),
  stale: z.number(),
  missing: z.number(),
  nulls: z.number(),
  clockAhead: z.number(),
  written: z.number(),
  older: z.number(),
  rejected: z.number(),
  lagMs: z.number().nullable(),
  /** Count by bucket and kind of age: "atLookUp 40". */
  ages: z.record(z.string(), z.number()),
});
type Counted = z.infer<typeof Counted>;

const View = z.object({ id: z.string(), name: z.string(), newest: z.number().nullable() });

/**
 * Returns how fresh a view was in a time range: ages when it was looked up, by whom, and how late its rows arrived.
 * @throws DomainError "not-found", "invalid" for a range that ends before it starts
 */
export async function getViewWatch(ctx: Context, input: GetViewWatch): Promise<ViewWatch> {
  permit(ctx, "getViewWatch");
  const { view: name, ...range } = GetViewWatch.parse(input);
  const now = await databaseNow(ctx.db);
  const { from, to } = spanOf(range, now);
  const [view] = await readViews(ctx, sql`view.name = ${name}`);
  if (!view) throw noFeatureView(name);
  const stepMs = Math.max(1, Math.ceil((to - from) / minuteMs / maxPoints)) * minuteMs;
  const counted = await readCounted(ctx, { viewId: view.id, span: { from, to }, stepMs });
  const all = sumOf(counted);
  return {
    view: name,
    viewId: view.id,
    from: new Date(from),
    to: new Date(to),
    serving: {
      ...lookUpsOf(all),
      nulls: all.nulls,
      clockAhead: all.clockAhead,
      ageMs: quantilesOf(all.ages, "atLookUp"),
      withinShare: withinShareOf(all),
    },
    arrival: {
      written: all.written,
      older: all.older,
      rejected: all.rejected,
      latenessMs: quantilesOf(all.ages, "toArrival"),
    },
    newestEventAt: view.newest,
    lagMs: lagOf(view.newest, now),
    stepMs,
    points: pointsOf(counted),
    consumers: await consumersOf(ctx, counted),
  };
}

/** Lists how fresh each view was in a time range, by name. @throws DomainError "invalid" for a range that ends before it starts */
export async function listViewWatch(ctx: Context, input: ListViewWatch = {}): Promise<{ views: ViewWatchSummary[] }> {
  permit(ctx, "listViewWatch");
  const now = await databaseNow(ctx.db);
  const { endpointId, ...range } = ListViewWatch.parse(input);
  const { from, to } = spanOf(range, now);
  const views = await readViews(ctx, sql`true`);
  const counted = Map.groupBy(
    await readCounted(ctx, { consumer: endpointId, span: { from, to }, stepMs: Number.MAX_SAFE_INTEGER }),
    ({ viewId }) => viewId,
  );
  return {
    views: views.map(({ id, name, newest }) => {
      const all = sumOf(counted.get(id) ?? []);
      return {
        view: name,
        viewId: id,
        ...lookUpsOf(all),
        ageMs: quantilesOf(all.ages, "atLookUp"),
        withinShare: withinShareOf(all),
        written: all.written,
        rejected: all.rejected,
        newestEventAt: newest,
        lagMs: lagOf(newest, now),
      };
    }),
  };
}

function spanOf({ from, to }: { from?: Date | undefined; to?: Date | undefined }, now: number): Span {
  const end = to?.getTime() ?? now;
  const start = from?.getTime() ?? end - dayMs;
  if (start >= end) throw new DomainError("invalid", "The time range ends before it starts.", { field: "to" });
  return { from: start, to: end };
}

/** Reads views with the newest event that is known of each. */
async function readViews(ctx: Context, where: SQL) {
  const result = await ctx.db.execute(sql`
    select view.id, view.name, mark.newest_event_at as newest
    from feature_views as view left join feature_marks as mark on mark.view_id = view.id
    where view.workspace_id = ${ctx.actor.workspaceId} and ${where} order by view.name`);
  return rowsOf(View, result);
}

interface Wanted {
  /** Undefined: all of the workspace. */
  viewId?: string;
  /** Undefined: all. */
  consumer?: string | undefined;
  span: Span;
  stepMs: number;
}

/** Sums up minutes by view, consumer and point. */
async function readCounted(ctx: Context, { viewId, consumer, span: { from, to }, stepMs }: Wanted): Promise<Counted[]> {
  const start = Math.floor(from / minuteMs) * minuteMs;
  const result = await ctx.db.execute(sql`
    with counted as materialized (
      select *, (${start}::float8 + floor(((extract(epoch from minute) * 1000)::float8 - ${start}::float8) / ${stepMs}::float8) * ${stepMs}::float8) as at
      from feature_minutes
      where workspace_id = ${ctx.actor.workspaceId} and ${viewId === undefined ? sql`true` : sql`view_id = ${viewId}::uuid`}
        and ${consumer === undefined ? sql`true` : sql`consumer = ${consumer}`}
        and minute >= ${new Date(start).toISOString()}::timestamptz and minute < ${new Date(to).toISOString()}::timestamptz
    ),
    aged as (
      select view_id, consumer, at, jsonb_object_agg(bucket, count) as ages
      from (
        select view_id, consumer, at, kind || ' ' || key as bucket, sum(value::int8) as count
        from counted cross join lateral (values ('atLookUp'), ('toArrival')) as kinds (kind)
        cross join lateral jsonb_each_text(coalesce(ages->kind, '{}'))
        group by 1, 2, 3, 4
      ) as buckets group by 1, 2, 3
    )
    select summed.*, coalesce(aged.ages, '{}') as ages
    from (
      select view_id as "viewId", consumer, at, sum(look_ups)::float8 as "lookUps", sum(found)::float8 as found, sum(stale)::float8 as stale,
        sum(missing)::float8 as missing, sum(nulls)::float8 as nulls, sum(clock_ahead)::float8 as "clockAhead", sum(written)::float8 as written,
        sum(older)::float8 as older, sum(rejected)::float8 as rejected,
        (max(greatest(0, ((extract(epoch from minute) + 60) * 1000000)::float8 - newest_event_at) / 1000)
          filter (where newest_event_at is not null))::float8 as "lagMs"
      from counted group by 1, 2, 3
    ) as summed
    left join aged on aged.view_id = summed."viewId" and aged.consumer = summed.consumer and aged.at = summed.at
    order by summed.at`);
  return rowsOf(Counted, result);
}

function sumOf(counted: readonly Counted[]): Omit<Counted, "viewId" | "consumer" | "at"> {
  const sum = {
    lookUps: 0,
    found: 0,
    stale: 0,
    missing: 0,
    nulls: 0,
    clockAhead: 0,
    written: 0,
    older: 0,
    rejected: 0,
    lagMs: null as number | null,
    ages: {} as AgeHistogram,
  };
  for (const one of counted) {
    for (const name of counts) sum[name] += one[name];
    if (one.lagMs !== null) sum.lagMs = Math.max(sum.lagMs ?? 0, one.lagMs);
    addAges(sum.ages, one.ages);
  }
  return sum;
}

const counts = [
  "lookUps",
  "found",
  "stale",
  "missing",
  "nulls",
  "clockAhead",
  "written",
  "older",
  "rejected",
] as const satisfies (keyof Counted)[];

function lookUpsOf({ lookUps, found, stale, missing }: LookUpCounts): LookUpCounts {
  return { lookUps, found, stale, missing };
}

function withinShareOf({ found, stale }: LookUpCounts): number | null {
  return found + stale === 0 ? null : found / (found + stale);
}

function quantilesOf(ages: Record<string, number>, kind: "atLookUp" | "toArrival"): Quantiles {
  const ofKind = Object.entries(ages).filter(([name]) => name.startsWith(`${kind} `));
  const histogram = Object.fromEntries(ofKind.map(([name, count]) => [name.slice(kind.length + 1), count]));
  const [p50 = null, p95 = null, p99 = null] = ageQuantiles(histogram, [0.5, 0.95, 0.99]);
  return { p50, p95, p99 };
}

function pointsOf(counted: readonly Counted[]): ViewPoint[] {
  return [...Map.groupBy(counted, ({ at }) => at)].map(([at, ofPoint]) => {
    const { written, rejected, lagMs, ages, ...sum } = sumOf(ofPoint);
    return { at, ...lookUpsOf(sum), ageMs: quantilesOf(ages, "atLookUp"), written, rejected, lagMs };
  });
}

async function consumersOf(ctx: Context, counted: readonly Counted[]): Promise<ViewConsumer[]> {
  const byConsumer = [...Map.groupBy(counted, ({ consumer }) => consumer)]
    .map(([consumer, ofConsumer]) => ({ consumer, sum: sumOf(ofConsumer) }))
    .filter(({ sum }) => sum.lookUps > 0)
    .sort((one, other) => other.sum.lookUps - one.sum.lookUps);
  const ids = byConsumer.map(({ consumer }) => consumer).filter((id) => id !== "");
  const result = await ctx.db.execute(sql`
    select id, name from endpoints
    where workspace_id = ${ctx.actor.workspaceId} and id::text = any(${sql.param(ids)}::text[])`);
  const names = new Map(
    rowsOf(z.object({ id: z.string(), name: z.string() }), result).map(({ id, name }) => [id, name]),
  );
  return byConsumer.map(({ consumer, sum }) => ({
    endpointId: consumer === "" ? null : consumer,
    endpoint: names.get(consumer) ?? null,
    ...lookUpsOf(sum),
    ageMs: quantilesOf(sum.ages, "atLookUp"),
  }));
}

function lagOf(newest: number | null, now: number): number | null {
  return newest === null ? null : Math.max(0, now - newest / 1000);
}
