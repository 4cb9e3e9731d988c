import { isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { endpoints } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type Attempt, Watcher } from "#server/platform/jobs/watcher.ts";
import { findMonitor } from "../settings/queries.ts";
import { deleteOldMinutes, isByMinutes } from "./counts/minutes.ts";
import { recountEndpoint } from "./counts/recount-endpoint.ts";
import { pauseAfter } from "./pause-after.ts";
import { watchFairness, watchQuality } from "./watch/watch-quality.ts";

/** Maximum time for one endpoint, so that a long prediction log does not delay the others. */
const maxDelayMs = 10_000;
/** Findings about a day change slowly; findings about five minutes are evaluated in every round. */
const settleMs = 5 * minuteMs;

/**
 * Matches predictions with their labels and evaluates the quality of every endpoint against its limits. Each hour is counted by one worker
 * at a time, and counting it again gives the same result.
 * @param afterChange runs at once after a group of alerts changed
 */
export function qualityWatcher(db: Database, afterChange: AfterChange): Watcher {
  /** When an endpoint is evaluated again, on the clock of performance.now(). */
  let dueAt = new Map<string, number>();
  const settledAt = new Map<string, number>();
  return new Watcher({
    name: "quality",
    db,
    everyMs: 15_000,
    startsInBackground: true,
    run: async ({ attempt, isStopping, now, startedAt }) => {
      const live = await db
        .select({ id: endpoints.id, workspaceId: endpoints.workspaceId })
        .from(endpoints)
        .where(isNull(endpoints.archivedAt));
      dueAt = new Map([...dueAt].filter(([id]) => live.some((one) => one.id === id)));
      for (const item of live) {
        if (isStopping() || (dueAt.get(item.id) ?? 0) > performance.now()) continue;
        const beganAt = performance.now();
        const isBrief = await attempt(item, () => evaluate(item, { now: now(), isStopping, attempt }));
        const endedAt = performance.now();
        dueAt.set(item.id, endedAt + pauseAfter(isBrief, endedAt - beganAt));
      }
      await attempt({ id: "old minutes" }, () => deleteOldMinutes(db, startedAt));
    },
  });

  /** @returns whether the endpoint is evaluated by five minutes */
  async function evaluate(
    { id, workspaceId }: { id: string; workspaceId: string },
    { now, isStopping, attempt }: { now: number; isStopping: () => boolean; attempt: Attempt },
  ): Promise<boolean> {
    const ctx = systemContext(db, workspaceId, "watch-quality");
    const beganAt = performance.now();
    const hasEnded = () => isStopping() || performance.now() - beganAt > maxDelayMs;
    const counted = await recountEndpoint(ctx, {
      endpointId: id,
      now,
      hasEnded,
      attempt: (hour, count) => attempt({ id: `${id} ${new Date(hour).toISOString()}`, workspaceId }, count),
    });
    if (counted.length > 0) await publish(ctx, "monitoring", id);
    const isBrief = isByMinutes((await findMonitor(ctx, id)).settings);
    const isDue = now - (settledAt.get(id) ?? 0) >= settleMs;
    if (isDue || isBrief) await watchQuality(ctx, id, now, afterChange);
    if (isDue) await watchFairness(ctx, id, now, afterChange);
    if (isDue) settledAt.set(id, now);
    return isBrief;
  }
}
