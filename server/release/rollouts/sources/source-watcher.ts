import type { Database } from "#db/client.ts";
import { rollouts } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { isActive } from "../../../develop/registry/versions/refuse-while-rolling-out.ts";
import { countSources } from "./count-sources.ts";

/** A rollout is counted every 5 s, and for at most a twentieth of the time. */
const minPauseMs = 5_000;
const pausePerWork = 20;

/**
 * Counts what gateways do not see for every active rollout: labels and business events. Separate from the evaluation of rollouts, so that
 * many labels delay no rollback. The guardrails of a rollout that cannot be counted wait for data.
 */
export function sourceWatcher(db: Database): Watcher {
  /** When a rollout is counted again, on the clock of performance.now(). */
  let dueAt = new Map<string, number>();
  return new Watcher({
    name: "rollout-sources",
    db,
    everyMs: 1_000,
    maxRetryMs: 30_000,
    run: async ({ attempt, isStopping }) => {
      const active = await db
        .select({ id: rollouts.id, workspaceId: rollouts.workspaceId })
        .from(rollouts)
        .where(isActive);
      dueAt = new Map([...dueAt].filter(([id]) => active.some((one) => one.id === id)));
      for (const item of active) {
        if (isStopping()) return;
        if ((dueAt.get(item.id) ?? 0) > performance.now()) continue;
        const startedAt = performance.now();
        await attempt(item, () => countSources(systemContext(db, item.workspaceId, "evaluate-rollout"), item.id));
        const endedAt = performance.now();
        dueAt.set(item.id, endedAt + Math.max(minPauseMs, pausePerWork * (endedAt - startedAt)));
      }
    },
  });
}
