import { and, eq } from "drizzle-orm";
import { sliSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { MinuteCounts } from "../../objectives/indicators/contract.ts";
import type { StoredSlo } from "../../objectives/stored-slos.ts";
import { countIndicator } from "../indicators/count-indicator.ts";
import { readSeries } from "../rollup/read-series.ts";

export type Counted = MinuteCounts & { isApproximate: boolean };

/** Minutes that were counted a moment ago may still change; counts of longer ago that are missing come straight from their source. */
const freshMs = 2 * minuteMs;

/**
 * Counts an SLO with an indicator, minute by minute: from the worker's counts, and directly from the source where these are missing or
 * stalled. The caller has checked permissions. @param span in milliseconds since 1970
 */
export async function countSlo(
  ctx: Context,
  { seriesId, definition }: Pick<StoredSlo, "seriesId" | "definition">,
  span: Span,
): Promise<Counted> {
  const { indicator } = definition;
  if (!indicator) throw new Error("A composite is not counted; its components are.");
  const known = seriesId === null ? undefined : await countedSpan(ctx, seriesId);
  if (!known || seriesId === null) return countIndicator(ctx, indicator, span);
  const counts = await readSeries(ctx, seriesId, span);
  let isApproximate = known.approximateUntil > span.from;
  for (const gap of gapsOf(span, known)) {
    const found = await countIndicator(ctx, indicator, gap);
    replace(counts, found);
    isApproximate ||= found.isApproximate;
  }
  return { ...counts, isApproximate };
}

async function countedSpan(ctx: Context, seriesId: string) {
  const [series] = await ctx.db
    .select()
    .from(sliSeries)
    .where(and(eq(sliSeries.id, seriesId), eq(sliSeries.workspaceId, ctx.actor.workspaceId)));
  if (!series?.countedUntil || !series.countedFrom) return undefined;
  return {
    from: series.countedFrom.getTime(),
    to: series.countedUntil.getTime(),
    approximateUntil: series.approximateUntil?.getTime() ?? 0,
  };
}

/** Parts of a span that the worker has not counted. */
function gapsOf({ from, to }: Span, known: Span): Span[] {
  const before = { from, to: Math.min(to, known.from) };
  const after = { from: Math.max(from, known.to - freshMs), to };
  const isWide = after.to - after.from > 2 * freshMs;
  return [...(before.to > before.from ? [before] : []), ...(isWide ? [after] : [])];
}

function replace(counts: MinuteCounts, found: MinuteCounts): void {
  const offset = Math.round((found.start - counts.start) / minuteMs);
  for (let minute = 0; minute < found.total.length; minute += 1) {
    const at = minute + offset;
    if (at < 0 || at >= counts.total.length) continue;
    counts.good[at] = found.good[minute] as number;
    counts.total[at] = found.total[minute] as number;
  }
}
