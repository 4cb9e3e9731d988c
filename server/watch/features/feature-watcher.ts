import { asc } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureViews } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { countArrivals } from "./arrivals/count-arrivals.ts";
import { evaluateViews } from "./findings/evaluate-views.ts";

/** Views that are counted in one transaction. */
const batch = 200;

/**
 * Counts what arrives in the feature views of all workspaces every few seconds, and evaluates the views every minute.
 * @param afterChange runs at once after a group of alerts changed
 */
export function featureWatcher(db: Database, afterChange: AfterChange): Watcher {
  const changed = new Set<string>();
  let evaluatedAt = 0;
  let comparedAllAt = 0;
  return new Watcher({
    name: "feature-views",
    db,
    everyMs: 5_000,
    startsInBackground: true,
    run: async (round) => {
      const views = await listIds(db);
      await countAll(round, views, changed);
      const now = round.now();
      // By the amount, so that a clock that was set back does not stop it.
      if (Math.abs(now - evaluatedAt) < minuteMs || round.isStopping()) return;
      evaluatedAt = now;
      // A worker that died may have counted rows whose values it had not compared.
      if (Math.abs(now - comparedAllAt) >= hourMs) {
        for (const id of views) changed.add(id);
        comparedAllAt = now;
      }
      const { attempt, isStopping } = round;
      await evaluateViews(db, { now, changed, attempt, isStopping, afterChange });
    },
  });
}

async function listIds(db: Database): Promise<string[]> {
  const views = await db.select({ id: featureViews.id }).from(featureViews).orderBy(asc(featureViews.id));
  return views.map(({ id }) => id);
}

async function countAll(
  { db, attempt, isSetAside, isStopping, now }: Round,
  views: readonly string[],
  changed: Set<string>,
): Promise<void> {
  const nameOf = (id: string) => `view ${id}`;
  const count = async (ids: readonly string[]) => {
    for (const id of await countArrivals(db, ids, now())) changed.add(id);
    return true;
  };
  // One that failed is counted alone: it would fail the others of its batch.
  const together = views.filter((id) => !isSetAside(nameOf(id)));
  for (let start = 0; start < together.length && !isStopping(); start += batch) {
    const ids = together.slice(start, start + batch);
    const isCounted = await count(ids).catch(() => false);
    if (isCounted) continue;
    for (const id of ids) await attempt({ id: nameOf(id) }, () => count([id]));
  }
  for (const id of views) {
    if (isStopping()) return;
    if (isSetAside(nameOf(id))) await attempt({ id: nameOf(id) }, () => count([id]));
  }
}
