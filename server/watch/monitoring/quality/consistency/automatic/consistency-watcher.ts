import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { evaluatedAtMs } from "./served-pair.ts";
import { watchConsistency } from "./watch-consistency.ts";

/**
 * Has newly deployed versions compared with their predecessors. Each comparison is requested once, however many workers run.
 * @param afterChange runs at once after a group of alerts changed
 */
export function consistencyWatcher(db: Database, afterChange: AfterChange): Watcher {
  return new Watcher({
    name: "consistency",
    db,
    everyMs: minuteMs,
    startsInBackground: true,
    run: async ({ attempt, isStopping, startedAt: now }) => {
      for (const item of await changedEndpoints(db, now)) {
        if (isStopping()) return;
        const ctx = systemContext(db, item.workspaceId, "watch-consistency");
        await attempt(item, () => watchConsistency(ctx, item.id, now, afterChange));
      }
    },
  });
}

/** Endpoints with a recent deployment or an active rollout, and those with an open finding, which may have ended. */
async function changedEndpoints(db: Database, now: number): Promise<{ id: string; workspaceId: string }[]> {
  const since = new Date(now - evaluatedAtMs).toISOString();
  const { rows } = await db.execute<{ id: string; workspaceId: string }>(sql`
    select id, workspace_id as "workspaceId" from endpoints
    where archived_at is null and (
      exists (select from deployments where endpoint_id = endpoints.id and deployed_at >= ${since}::timestamptz)
      or exists (select from rollouts where endpoint_id = endpoints.id and phase in ('starting', 'stepping', 'watching'))
      or exists (select from monitoring_findings where endpoint_id = endpoints.id and watcher = 'consistency' and closed_at is null))
    order by id`);
  return rows;
}
