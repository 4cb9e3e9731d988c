import { and, eq, exists, or, sql } from "drizzle-orm";
import { featureArrivals, featureViews } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { expireFiles, hasLimitedHistory } from "./expire-files.ts";
import { hasDueFiles, mergeFiles } from "./merge-files.ts";
import { type HistoryPlace, packView } from "./pack-view.ts";
import { packingHorizon } from "./packing-horizon.ts";

/** Arrivals stay for so long, for gateways that follow them. One that was away for longer reads the view anew. */
const followedMs = 15 * minuteMs;
/** A view is packed once an arrival is so old, or once there are so many. */
const packAfterMs = hourMs;
const packAtRows = 100_000;

/**
 * Moves arrivals of all views into files of their history, removes rows that are older than these are kept, and merges small files. Runs as a
 * job.
 * @param now in milliseconds since 1970; undefined: by the database's clock, which arrivals have
 */
export async function packFeatures(
  ctx: Context,
  place: HistoryPlace,
  now?: number,
  attempt: Attempt = attemptOnce,
): Promise<void> {
  permit(ctx, "packFeatures");
  const arrivals = ctx.db
    .select({ one: sql`1` })
    .from(featureArrivals)
    .where(eq(featureArrivals.viewNumber, featureViews.number));
  const views = await ctx.db
    .select({ id: featureViews.id, workspaceId: featureViews.workspaceId, name: featureViews.name })
    .from(featureViews)
    .where(
      and(
        ctx.actor.workspaceId === "" ? undefined : eq(featureViews.workspaceId, ctx.actor.workspaceId),
        or(exists(arrivals), hasDueFiles(ctx.db), hasLimitedHistory(ctx.db)),
      ),
    );
  const at = now ?? (await databaseNow(ctx.db));
  for (const { id, workspaceId, name } of views) {
    const own = systemContext(ctx.db, workspaceId, ctx.actor.id);
    await attempt({ id: `view ${id}`, workspaceId }, () => pack(own, name, place, at));
  }
}

async function pack(ctx: Context, name: string, place: HistoryPlace, now: number): Promise<void> {
  for (;;) {
    const view = (await loadDefinitions(ctx.db, ctx.actor.workspaceId)).views.get(name);
    if (!view) return;
    const arrivedBefore = (now - followedMs) * 1000;
    const packable = await packingHorizon(ctx, { viewNumber: view.number, arrivedBefore });
    const isDue = packable && (packable.rows >= packAtRows || packable.oldestArrivedAt <= (now - packAfterMs) * 1000);
    if (!isDue) {
      await expireFiles(ctx, view, place, now);
      return mergeFiles(ctx, view, place);
    }
    await packView(ctx, view, packable.horizon, place);
  }
}
