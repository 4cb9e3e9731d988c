import { and, eq, inArray, or, sql } from "drizzle-orm";
import { sliHours, sliSeries, sloRevisions, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { countHistory, countSeries } from "#server/watch/slo/rollup/count-series.ts";
import type { Past } from "./contract.ts";
import { endpointIn, type Place, versionIn } from "./place.ts";

/** SLOs of no endpoint that were there in the past, too: the composite of two others, and the one with posted counts. */
const ofNoEndpoint = ["forms-are-read", "flights-on-time"];
/** Counting again goes back a quarter; what is known since then is left alone. */
const historyMs = 93 * dayMs;
const minutesPerHour = 60;

/**
 * Dates the SLOs of the past's endpoints back, counts the requests of the past for them, and adds its labelled predictions: so that a report
 * that is opened in the next second is complete. @param now milliseconds since 1970, on the database's clock
 */
export async function writeObjectives(ctx: Context, place: Place, past: Past, now: number): Promise<void> {
  const { workspaceId } = place;
  const endpointIds = [...place.endpoints.values()].map(({ id }) => id);
  const dated = await ctx.db
    .update(slos)
    .set({ createdAt: new Date(past.from) })
    .where(
      and(
        eq(slos.workspaceId, workspaceId),
        or(inArray(slos.endpointId, endpointIds), inArray(slos.name, ofNoEndpoint)),
      ),
    )
    .returning({ id: slos.id });
  await ctx.db
    .update(sloRevisions)
    .set({ at: new Date(past.from) })
    .where(
      and(
        eq(sloRevisions.workspaceId, workspaceId),
        eq(sloRevisions.revision, 1),
        inArray(
          sloRevisions.sloId,
          dated.map(({ id }) => id),
        ),
      ),
    );
  const series = await ctx.db
    .select({ id: sliSeries.id, indicator: sliSeries.indicator, endpointId: sliSeries.endpointId })
    .from(sliSeries)
    .where(and(eq(sliSeries.workspaceId, workspaceId), inArray(sliSeries.endpointId, endpointIds)))
    .orderBy(sliSeries.id)
    .for("update");
  const ofKind = (...kinds: string[]) => series.filter(({ indicator }) => kinds.includes(indicator.kind));
  await countRequests(
    ctx,
    ofKind("availability", "latency").map(({ id }) => id),
    now,
  );
  for (const { id, endpointId } of ofKind("realised-quality"))
    await addLabels(ctx, place, past, { id, endpointId, now });
}

/** Counts all of the history again: the worker may have counted it before there was any. */
async function countRequests({ db }: Context, ids: readonly string[], now: number): Promise<void> {
  await countSeries(db, ids, now);
  const minute = new Date(Math.floor(now / minuteMs) * minuteMs);
  await db
    .update(sliSeries)
    .set({ countedFrom: minute })
    .where(inArray(sliSeries.id, [...ids]));
  for (const id of ids) while (await countHistory(db, id, now));
}

/** Adds hours of labelled predictions, in the first minute of each, and lets the worker count only what comes. */
async function addLabels(
  ctx: Context,
  place: Place,
  { labels }: Past,
  { id: seriesId, endpointId, now }: { id: string; endpointId: string | null; now: number },
): Promise<void> {
  const own = labels.filter(({ endpoint, total }) => total > 0 && endpointIn(place, endpoint).id === endpointId);
  const first = (count: number) => Array.from({ length: minutesPerHour }, (_, minute) => (minute === 0 ? count : 0));
  const rows = own.map(({ endpoint, version, at, good, total }) => ({
    workspaceId: place.workspaceId,
    seriesId,
    hour: new Date(Math.floor(at / hourMs) * hourMs),
    versionId: versionIn(place, endpoint, version),
    good: first(good),
    total: first(total),
  }));
  if (rows.length === 0) return;
  await ctx.db.insert(sliHours).values(rows).onConflictDoNothing();
  await ctx.db
    .update(sliSeries)
    .set({ countedFrom: new Date(now - historyMs), revision: sql`${sliSeries.revision} + 1` })
    .where(and(eq(sliSeries.workspaceId, place.workspaceId), eq(sliSeries.id, seriesId)));
}
