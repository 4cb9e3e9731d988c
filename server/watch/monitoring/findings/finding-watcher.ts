import { and, isNull, ne } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { monitoringFindings } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { renotifyFindings } from "./renotify-findings.ts";

/**
 * Renews the alerts of open findings: an alert that is not renewed shows as not evaluated. Monitors need not run as often: a week of drift
 * is evaluated once.
 * @param afterChange runs at once after a group of alerts changed
 */
export function findingWatcher(db: Database, afterChange: AfterChange): Watcher {
  return new Watcher({
    name: "findings",
    db,
    everyMs: minuteMs,
    startsInBackground: true,
    run: async ({ attempt, isStopping, startedAt: now }) => {
      const { workspaceId, endpointId, watcher } = monitoringFindings;
      const due = await db
        .selectDistinct({ workspaceId, endpointId, watcher })
        .from(monitoringFindings)
        .where(and(isNull(monitoringFindings.closedAt), ne(monitoringFindings.severity, "note")));
      for (const { workspaceId, ...of } of due) {
        if (isStopping()) return;
        const ctx = systemContext(db, workspaceId, "retell-findings");
        await attempt({ id: `${of.watcher} ${of.endpointId}`, workspaceId }, () =>
          renotifyFindings(ctx, { ...of, now }, afterChange),
        );
      }
    },
  });
}
