import { and, eq, gte, lt } from "drizzle-orm";
import { sliHours, sliSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { Indicator, MinuteCounts } from "../../objectives/indicators/contract.ts";
import { addMinute, emptyMinutes } from "../indicators/minute-counts.ts";
import { seriesKey } from "../indicators/series-key.ts";

/**
 * Reads the counts of a series, for all versions combined. The caller has checked permissions.
 * @param span in milliseconds since 1970; full minutes are read
 */
export async function readSeries(ctx: Context, seriesId: string, span: Span): Promise<MinuteCounts> {
  const counts = emptyMinutes(span);
  for (const hour of await readHours(ctx, seriesId, span)) addHour(counts, hour);
  return counts;
}

/** Reads the series by version; counts without a known version are under the nil UUID. */
export async function readSeriesByVersion(
  ctx: Context,
  seriesId: string,
  span: Span,
): Promise<Map<string, MinuteCounts>> {
  const versions = new Map<string, MinuteCounts>();
  for (const hour of await readHours(ctx, seriesId, span)) {
    const counts = versions.get(hour.versionId) ?? emptyMinutes(span);
    versions.set(hour.versionId, counts);
    addHour(counts, hour);
  }
  return versions;
}

/** Reads externally posted counts; zeroes where there are none. */
export async function readPosted(ctx: Context, indicator: Indicator, span: Span): Promise<MinuteCounts> {
  const [series] = await ctx.db
    .select({ id: sliSeries.id })
    .from(sliSeries)
    .where(and(eq(sliSeries.workspaceId, ctx.actor.workspaceId), eq(sliSeries.key, seriesKey(indicator) ?? "")));
  return series ? readSeries(ctx, series.id, span) : emptyMinutes(span);
}

type Hour = Pick<typeof sliHours.$inferSelect, "hour" | "versionId" | "good" | "total">;

function readHours(ctx: Context, seriesId: string, { from, to }: Span): Promise<Hour[]> {
  return ctx.db
    .select({ hour: sliHours.hour, versionId: sliHours.versionId, good: sliHours.good, total: sliHours.total })
    .from(sliHours)
    .where(
      and(
        eq(sliHours.workspaceId, ctx.actor.workspaceId),
        eq(sliHours.seriesId, seriesId),
        gte(sliHours.hour, new Date(Math.floor(from / hourMs) * hourMs)),
        lt(sliHours.hour, new Date(to)),
      ),
    );
}

/** Adds sixty minutes. */
function addHour(counts: MinuteCounts, { hour, good, total }: Omit<Hour, "versionId">): void {
  for (const [at, count] of total.entries()) {
    if (count > 0) addMinute(counts, { minute: hour.getTime() + at * minuteMs, good: good[at] ?? 0, total: count });
  }
}
