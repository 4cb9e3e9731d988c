import type { Database } from "#db/client.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import type { RedisRows } from "./redis-rows.ts";
import { RowMirror } from "./row-mirror.ts";

const everyMs = 250;
/** Without Redis there is nothing to do, which the page of recurring work shows. */
const everyMsWithout = 30_000;
/** Readers turn to Postgres two seconds after the last round, so it is worth trying again soon. */
const maxRetryMs = 5_000;

/** Keeps the rows of features in Valkey or Redis complete. @param redis undefined if none is configured */
export function mirrorWatcher(db: Database, redis: RedisRows | undefined): Watcher {
  const mirror = redis && new RowMirror(db, redis);
  return new Watcher({
    name: "feature-rows",
    db,
    everyMs: redis ? everyMs : everyMsWithout,
    maxRetryMs,
    startsInBackground: true,
    run: async ({ attempt, isStopping }) => {
      if (mirror) await attempt({ id: "rows" }, () => mirror.round(isStopping));
    },
  });
}
