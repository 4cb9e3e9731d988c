import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs, weekMs } from "#server/base/durations.ts";
import type { HourVolume, RecentVolume } from "../checks/volume-checks.ts";

/** Spans in which nothing may come, in minutes. */
const spans = [5, 15, 60] as const;
/** Gateways tell of a window so long after it ended. */
const lateMs = 30_000;

export interface Traffic {
  /** The last two closed hours, newest first. */
  hours: [HourVolume, HourVolume];
  recent: RecentVolume;
}

/** Counts the requests of an endpoint, including cache hits, in recent hours and in the same hours of the last four weeks. */
export async function readTraffic(ctx: Context, endpointId: string, now: number): Promise<Traffic> {
  const hour = Math.floor(now / hourMs) * hourMs;
  const request = [hour, hour - hourMs, hour - 2 * hourMs];
  const [first, counts, last] = [
    await firstWindow(ctx, endpointId, now - 29 * dayMs),
    await sameHours(ctx, endpointId, request),
    await lastMinutes(ctx, endpointId, now - lateMs),
  ];
  const volumeOf = (start: number): HourVolume => {
    const past = (times: number, stepMs: number) =>
      Array.from({ length: times }, (_, index) => start - (index + 1) * stepMs)
        .filter((at) => first !== null && at >= first)
        .map((at) => counts.get(at) ?? 0);
    return { start, requests: counts.get(start) ?? 0, weeksAgo: past(4, weekMs), daysAgo: past(28, dayMs) };
  };
  return {
    hours: [volumeOf(hour - hourMs), volumeOf(hour - 2 * hourMs)],
    recent: { last, hour: volumeOf(hour) },
  };
}

/** Returns the first complete hour of the last four weeks; null if there is none. */
async function firstWindow(ctx: Context, endpointId: string, since: number): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ at: string | null }>(sql`
    select window_start as at from serving_windows
    where ${ofEndpoint(ctx, endpointId)} and window_start >= ${instant(since)}
    order by window_start limit 1`);
  const at = rows[0]?.at;
  return at ? Math.ceil(new Date(at).getTime() / hourMs) * hourMs : null;
}

/** Counts requests by hour: the given hours, and each of them on the 28 days before. */
async function sameHours(ctx: Context, endpointId: string, hours: readonly number[]): Promise<Map<number, number>> {
  const starts = hours.flatMap((hour) => Array.from({ length: 29 }, (_, day) => hour - day * dayMs));
  const { rows } = await ctx.db.execute<{ hour: string; requests: number }>(sql`
    select requested.hour::text as hour, counted.requests from unnest(${sql.param(starts.map(String))}::bigint[]) as requested(hour)
    cross join lateral (
      select coalesce(sum(requests + cache_hits + coalesced), 0)::int as requests from serving_windows
      where ${ofEndpoint(ctx, endpointId)} and window_start >= to_timestamp(requested.hour / 1000)
        and window_start < to_timestamp(requested.hour / 1000) + interval '1 hour'
    ) counted`);
  return new Map(rows.map(({ hour, requests }) => [Number(hour), requests]));
}

async function lastMinutes(ctx: Context, endpointId: string, now: number): Promise<Map<number, number>> {
  const since = (minutes: number) => instant(now - minutes * minuteMs);
  const of = (minutes: number) =>
    sql`coalesce(sum(requests + cache_hits + coalesced) filter (where window_start >= ${since(minutes)}), 0)::int`;
  const [short, middle, long] = spans;
  const { rows } = await ctx.db.execute<{ short: number; middle: number; long: number }>(sql`
    select ${of(short)} as short, ${of(middle)} as middle, ${of(long)} as long from serving_windows
    where ${ofEndpoint(ctx, endpointId)} and window_start >= ${since(long)}`);
  const [row] = rows;
  return new Map([
    [short, row?.short ?? 0],
    [middle, row?.middle ?? 0],
    [long, row?.long ?? 0],
  ]);
}

function ofEndpoint(ctx: Context, endpointId: string) {
  return sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'`;
}

function instant(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
