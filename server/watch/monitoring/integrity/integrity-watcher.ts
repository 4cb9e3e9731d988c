import { and, eq, exists, isNull, lte, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, endpoints, monitoringMarks } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { type DayEvaluation, watchIntegrity } from "./watch-integrity.ts";

/** Time between two checks of an endpoint: gateways count by minutes. */
const everyMs = minuteMs;
const mark = "integrity";

/**
 * Checks the data of every serving endpoint about once a minute. A worker marks an endpoint before it checks it. When a check fails, the
 * endpoint's findings stay as they are.
 * @param afterChange runs at once after a group of alerts changed
 */
export function integrityWatcher(db: Database, afterChange: AfterChange): Watcher {
  /** Read again after a start, and once an hour. */
  const days = new Map<string, DayEvaluation>();
  return new Watcher({
    name: "integrity",
    db,
    everyMs: 10_000,
    startsInBackground: true,
    run: async ({ attempt, isStopping, startedAt: now }) => {
      const serving = await servingEndpoints(db);
      for (const { id, workspaceId } of serving) {
        if (isStopping()) return;
        await attempt({ id, workspaceId }, async () => {
          if (!(await take(db, { endpointId: id, workspaceId, now }))) return;
          const ctx = systemContext(db, workspaceId, "watch-integrity");
          const { day } = await watchIntegrity(ctx, id, { now, before: days.get(id) }, afterChange);
          if (day) days.set(id, day);
          else days.delete(id);
        });
      }
      const known = new Set(serving.map(({ id }) => id));
      for (const id of days.keys()) if (!known.has(id)) days.delete(id);
    },
  });
}

function servingEndpoints(db: Database): Promise<{ id: string; workspaceId: string }[]> {
  const isServing = exists(
    db.select({ one: sql`1` }).from(deployments).where(eq(deployments.endpointId, endpoints.id)),
  );
  return db
    .select({ id: endpoints.id, workspaceId: endpoints.workspaceId })
    .from(endpoints)
    .where(and(isNull(endpoints.archivedAt), isNull(endpoints.unloadedAt), isServing));
}

/** @returns whether the endpoint was due, and no other worker took it */
async function take(
  db: Database,
  { endpointId, workspaceId, now }: { endpointId: string; workspaceId: string; now: number },
): Promise<boolean> {
  const at = new Date(now);
  const taken = await db
    .insert(monitoringMarks)
    .values({ workspaceId, endpointId, name: mark, at })
    .onConflictDoUpdate({
      target: [monitoringMarks.endpointId, monitoringMarks.name],
      set: { at },
      setWhere: lte(monitoringMarks.at, new Date(now - everyMs)),
    })
    .returning({ at: monitoringMarks.at });
  return taken.length > 0;
}
