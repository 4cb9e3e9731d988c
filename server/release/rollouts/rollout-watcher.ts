import { asc, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { rollouts } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { isActive } from "../../develop/registry/versions/refuse-while-rolling-out.ts";
import { evaluateRollout } from "./evaluate-rollout.ts";
import { holdFailed } from "./hold-failed.ts";

interface RolloutWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/**
 * Evaluates every active rollout, once a second and when one changed. Each rollout is evaluated by one worker at a time, and without any
 * worker no rollout advances. A rollout whose evaluation fails is put on hold.
 */
export function rolloutWatcher({ db, feed }: RolloutWatcherDependencies): Watcher {
  return new Watcher({
    name: "rollouts",
    db,
    everyMs: 1_000,
    maxRetryMs: 15_000,
    wake: { feed, when: ({ topic }) => topic === "rollout" },
    run: async ({ attempt, isStopping }) => {
      // The one that has waited longest comes first, even when evaluations are slow.
      const due = await db
        .select({ id: rollouts.id, workspaceId: rollouts.workspaceId })
        .from(rollouts)
        .where(isActive)
        .orderBy(sql`${rollouts.evaluatedAt} nulls first`, asc(rollouts.id));
      for (const item of due) {
        if (isStopping()) return;
        const ctx = systemContext(db, item.workspaceId, "evaluate-rollout");
        await attempt(
          item,
          () => evaluateRollout(ctx, item.id),
          () => holdFailed(ctx, item.id),
        );
      }
    },
  });
}
