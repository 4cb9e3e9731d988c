import { eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { incidents } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
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
        await attempt(item, () => update(systemContext(db, item.workspaceId, "watch-incident"), item.id, now()));
      }
    },
  });
}

async function update(ctx: Context, id: string, now: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [locked] = await ctx.db
      .select({ number: incidents.number })
      .from(incidents)
      .where(eq(incidents.id, id))
      .for("no key update", { skipLocked: true });
    if (locked) await watchIncident(ctx, locked.number, now);
  });
}
