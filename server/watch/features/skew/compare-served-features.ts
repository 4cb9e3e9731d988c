import { and, eq, gte, lt } from "drizzle-orm";
import { featureKeyRemovals, featureSkew, featureSkewHours } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { type DefinedView, loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { hasArrivalsFrom } from "#server/develop/features/history/has-arrivals-from.ts";
import type { HistoryPlace } from "#server/develop/features/history/pack-view.ts";
import { readHistory } from "#server/develop/features/history/read-history.ts";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { withScratchFolder } from "#server/develop/features/offline/engine/with-scratch-folder.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { dayOf } from "../day-range.ts";
import { chooseKeys, type RemovedKey, shareOfKeys } from "./chosen-keys.ts";
import { comparePredictions } from "./compare-predictions.ts";
import { type DueHour, findDueHours } from "./due-hours.ts";
import { RecomputedHistory } from "./recompute-look-ups.ts";
import { servedPages } from "./served-pages.ts";
import { settleSkew } from "./settle-skew.ts";
import { storeSkewHour } from "./store-hour.ts";

/** Look-ups of a view that are compared of one hour, about. */
const maxLookUps = 100_000;
/** Hours of a view that one execution compares: a worker that was away for long must not stay with one view. */
const maxHours = 8;
/** Rows that look-ups of an hour may have found, beyond its end: clocks of writers may be ahead. */
const aheadUs = 10 * minuteMs * 1000;
const keptHoursMs = 7 * dayMs;
const keptDays = 400;

/** Steps between which a process may die; a test stops there. */
type CompareStep = "read" | "compare" | "store";

/**
 * Compares what predictions of a workspace got from feature views with the history of these, hour by hour, and settles the findings that follow.
 * Runs as a job. Cut off anywhere, an hour is stored as a whole or is compared again.
 * @param now milliseconds since 1970; undefined: by the database's clock, which predictions have
 */
export async function compareServedFeatures(
  ctx: Context,
  place: HistoryPlace,
  afterChange: AfterChange,
  { now, attempt = attemptOnce, onStep = () => undefined }: CompareOptions = {},
): Promise<void> {
  permit(ctx, "compareServedFeatures");
  const { workspaceId } = ctx.actor;
  const at = now ?? (await databaseNow(ctx.db));
  const views = [...(await loadDefinitions(ctx.db, workspaceId)).views.values()];
  await deleteOld(ctx, at);
  const unknown: string[] = [];
  // Without any view there is nothing to compare, but a finding about the last one may be open.
  const due = views.length === 0 ? [] : await findDueHours(ctx, views, at);
  for (const [viewId, hours] of due) {
    const name = views.find(({ id }) => id === viewId)?.name ?? viewId;
    const isCompared = await attempt({ id: `view ${viewId}`, workspaceId }, () =>
      compareView(ctx, { viewId, name, hours: hours.slice(0, maxHours) }, place, onStep),
    );
    if (!isCompared) unknown.push(viewId);
  }
  await settleSkew(ctx, { now: at, unknown }, afterChange, attempt);
}

interface CompareOptions {
  now?: number | undefined;
  attempt?: Attempt | undefined;
  onStep?: ((step: CompareStep) => void) | undefined;
}

/** @returns false if its hours wait */
async function compareView(
  ctx: Context,
  { viewId, name, hours }: { viewId: string; name: string; hours: readonly DueHour[] },
  { artifacts, scratch }: HistoryPlace,
  onStep: (step: CompareStep) => void,
): Promise<boolean> {
  const [first, last] = [hours[0], hours.at(-1)];
  if (!first || !last) return true;
  const untilUs = (last.hour + hourMs) * 1000 + aheadUs;
  return withScratchFolder(scratch, async (folder) => {
    const engine = await OfflineEngine.open({ folder });
    try {
      onStep("read");
      const defined = (await loadDefinitions(ctx.db, ctx.actor.workspaceId)).views.get(name);
      const ttl = defined?.ttlUs ?? null;
      // Rows that are too old for every look-up cannot matter. A limit may have been longer before the view was changed.
      const isLimited = ttl !== null && ttl !== 0 && defined !== undefined && defined.updatedAt.getTime() <= first.hour;
      const range = { fromUs: isLimited ? first.hour * 1000 - ttl : null, toUs: untilUs };
      const ranges = new Map([[viewId, range]]);
      const read = await readHistory(ctx, [viewId], { engine, folder, artifacts, ranges, horizon: undefined });
      const found = read.views.get(viewId);
      if (!found) return true;
      const view: DefinedView = found.view;
      // An old transaction hides rows that were served from the history.
      if (await hasArrivalsFrom(ctx, view.number, { horizon: read.horizon, arrivedBy: untilUs - aheadUs })) {
        log.info("features.skew-waits", { view: name });
        return false;
      }
      const history = new RecomputedHistory(engine, found, read.horizon);
      const removed = await removedKeys(ctx, viewId, first.hour);
      for (const due of hours) {
        onStep("compare");
        const keyShare = shareOfKeys(due.lookUps, maxLookUps);
        const pages = servedPages(ctx, { viewId, hour: due.hour });
        const isChosen = chooseKeys(keyShare, removed);
        const compared = { view, history, isTrueWanted: due.isTrueWanted, isChosen };
        const { tallies, lookUps } = await comparePredictions(pages, compared);
        onStep("store");
        await storeSkewHour(ctx, viewId, due, { tallies, lookUps, keyShare });
      }
      return true;
    } finally {
      engine.close();
    }
  });
}

/** Keys that were removed since an hour began. */
function removedKeys(ctx: Context, viewId: string, hour: number): Promise<RemovedKey[]> {
  const { id, keyDigest, arrivedBy } = featureKeyRemovals;
  return ctx.db
    .select({ id, keyDigest, arrivedBy })
    .from(featureKeyRemovals)
    .where(
      and(
        eq(featureKeyRemovals.workspaceId, ctx.actor.workspaceId),
        eq(featureKeyRemovals.viewId, viewId),
        gte(arrivedBy, hour * 1000),
      ),
    );
}

async function deleteOld(ctx: Context, now: number): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.db
    .delete(featureSkewHours)
    .where(and(eq(featureSkewHours.workspaceId, workspaceId), lt(featureSkewHours.hour, new Date(now - keptHoursMs))));
  await ctx.db
    .delete(featureSkew)
    .where(and(eq(featureSkew.workspaceId, workspaceId), lt(featureSkew.day, dayOf(now - keptDays * dayMs))));
}
