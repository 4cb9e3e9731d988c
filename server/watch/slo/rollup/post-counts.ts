import { and, eq, isNull, sql } from "drizzle-orm";
import { sliSeries, slos } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noVersion } from "../indicators/source.ts";
import { PostCounts, type PostedCounts } from "./contract.ts";
import { freshMs } from "./count-series.ts";
import { retentionDays } from "./delete-old-hours.ts";
import { ensureSeries } from "./ensure-series.ts";
import { storeMinutes } from "./store-minutes.ts";

/** Clocks of others may go ahead. */
const aheadMs = 5 * minuteMs;

/**
 * Stores good and total of minutes that an external system counted, for SLOs whose indicator names the source. Counts for the same minute
 * replace earlier ones. @throws DomainError "invalid" for future minutes or minutes beyond the retention of counts, "not-found" for an
 * unknown version
 */
export async function postCounts(ctx: Context, input: PostCounts): Promise<PostedCounts> {
  permit(ctx, "postCounts");
  const { source, counts } = PostCounts.parse(input);
  const now = Date.now();
  const minutes = counts.map(({ minute, ...rest }) => {
    return { ...rest, minute: Math.floor(minute.getTime() / minuteMs) * minuteMs };
  });
  for (const [at, { minute }] of minutes.entries()) refuseOutside(minute, now, `counts.${at}.minute`);
  return transact(ctx, async (ctx) => {
    const id = (await ensureSeries(ctx, { kind: "posted", source, endpointId: null })) as string;
    const ofSeries = and(eq(sliSeries.id, id), eq(sliSeries.workspaceId, ctx.actor.workspaceId));
    await ctx.db.select({ id: sliSeries.id }).from(sliSeries).where(ofSeries).for("update");
    const versionOf = await findVersions(ctx, minutes);
    const series = [{ id, workspaceId: ctx.actor.workspaceId }];
    const byMinute = Map.groupBy(minutes, ({ minute }) => minute);
    for (const span of spansOf([...byMinute.keys()])) {
      const within = minutes.filter(({ minute }) => minute >= span.from && minute < span.to);
      const counted = within.map((one) => ({ ...one, seriesId: id, versionId: versionOf(one) }));
      await storeMinutes(ctx.db, series, span, counted);
    }
    const from = new Date(Math.min(...byMinute.keys()));
    const isOld = from.getTime() < now - freshMs;
    const set = {
      countedUntil: new Date(now),
      revision: sql`revision + ${isOld ? 1 : 0}`,
      countedFrom: sql`least(counted_from, ${from.toISOString()}::timestamptz)`,
    };
    await ctx.db.update(sliSeries).set(set).where(ofSeries);
    const [used] = await ctx.db
      .select({ id: slos.id })
      .from(slos)
      .where(and(eq(slos.seriesId, id), isNull(slos.archivedAt)))
      .limit(1);
    return { minutes: byMinute.size, isUsed: used !== undefined };
  });
}

function refuseOutside(minute: number, now: number, field: string): void {
  if (minute > now + aheadMs) {
    throw new DomainError("invalid", "This minute is in the future. Post counts only for minutes that have started.", {
      field,
    });
  }
  if (minute < now - retentionDays * dayMs) {
    throw new DomainError("invalid", `Counts are kept for ${retentionDays} days; this minute is older.`, { field });
  }
}

/** Joins adjacent minutes into spans; minutes in gaps between the spans stay unchanged. */
function spansOf(minutes: readonly number[]) {
  const spans: { from: number; to: number }[] = [];
  for (const minute of minutes.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last?.to === minute) last.to += minuteMs;
    else spans.push({ from: minute, to: minute + minuteMs });
  }
  return spans;
}

async function findVersions(
  ctx: Context,
  minutes: readonly { model?: string | undefined; version?: number | undefined }[],
) {
  const ids = new Map<string, string>();
  for (const { model, version } of minutes) {
    if (model === undefined || version === undefined || ids.has(`${model}/${version}`)) continue;
    ids.set(`${model}/${version}`, (await findVersion(ctx, { name: model, version })).id);
  }
  return ({ model, version }: { model?: string | undefined; version?: number | undefined }) =>
    ids.get(`${model}/${version}`) ?? noVersion;
}
