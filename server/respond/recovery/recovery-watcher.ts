import { inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { incidents } from "#db/schema/index.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { withIncident } from "#server/respond/incidents/incident-rows.ts";
import { foldAlerts } from "./fold-alerts.ts";
import { watchRecovery } from "./watch-recovery.ts";

/**
 * Folds alerts into the open incident of their endpoint, and moves incidents between their stages: act, watch recovery, resolve. Pages the
 * lead when an incident that seemed to recover does not, and resolves minor ones that stay calm. Each incident is evaluated by one worker at
 * a time.
 */
export function recoveryWatcher(db: Database): Watcher {
  const concluded = new Set<string>();
  return new Watcher({
    name: "recovery",
    db,
    everyMs: 10_000,
    run: async ({ attempt, isStopping, now }) => {
      await foldAlerts(db, attempt, concluded);
      const due = await db
        .select({ id: incidents.id, workspaceId: incidents.workspaceId })
        .from(incidents)
        .where(inArray(incidents.state, ["triage", "active", "mitigated"]));
      for (const item of due) {
        if (isStopping()) return;
        await attempt(item, () =>
          withIncident(db, item, "watch-recovery", (ctx, number) => watchRecovery(ctx, number, now())),
        );
      }
    },
  });
}
