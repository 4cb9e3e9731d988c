import { inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { incidents } from "#db/schema/index.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { withIncident } from "./incident-rows.ts";
import { watchIncident } from "./watch-incident.ts";

/**
 * Updates every ongoing incident: counts its impact, stores when it was acknowledged, and marks it as mitigated once its SLOs are met
 * again. Each incident is updated by one worker at a time.
 */
export function incidentWatcher(db: Database): Watcher {
  return new Watcher({
    name: "incidents",
    db,
    everyMs: 15_000,
    run: async ({ attempt, isStopping, now }) => {
      const due = await db
        .select({ id: incidents.id, workspaceId: incidents.workspaceId })
        .from(incidents)
        .where(inArray(incidents.state, ["triage", "active"]));
      for (const item of due) {
        if (isStopping()) return;
        await attempt(item, () =>
          withIncident(db, item, "watch-incident", (ctx, number) => watchIncident(ctx, number, now())),
        );
      }
    },
  });
}
