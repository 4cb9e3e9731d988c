import { asc } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureViews } from "#db/schema/index.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { countArrivals } from "./arrivals/count-arrivals.ts";

/** Views that are counted in one transaction. */
const batch = 200;

/** Counts what arrives in the feature views of all workspaces, every few seconds. */
export function featureWatcher(db: Database): Watcher {
  return new Watcher({
    name: "feature-views",
    db,
    everyMs: 5_000,
    startsInBackground: true,
    run: async ({ attempt, isSetAside, isStopping, now }) => {
      const views = await db.select({ id: featureViews.id }).from(featureViews).orderBy(asc(featureViews.id));
      const nameOf = (id: string) => `view ${id}`;
      // One that failed is counted alone: it would fail the others of its batch.
      const together = views.map(({ id }) => id).filter((id) => !isSetAside(nameOf(id)));
      for (let start = 0; start < together.length && !isStopping(); start += batch) {
        const ids = together.slice(start, start + batch);
        const isCounted = await countArrivals(db, ids, now()).then(
          () => true,
          () => false,
        );
        if (isCounted) continue;
        for (const id of ids) await attempt({ id: nameOf(id) }, () => countArrivals(db, [id], now()));
      }
      for (const { id } of views) {
        if (isStopping()) return;
        if (isSetAside(nameOf(id))) await attempt({ id: nameOf(id) }, () => countArrivals(db, [id], now()));
      }
    },
  });
}
