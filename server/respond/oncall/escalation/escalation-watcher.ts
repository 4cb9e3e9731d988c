import { asc, lte } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { escalations } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { runEscalationStep } from "./run-step.ts";

const maxPerRound = 200;

interface EscalationWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/** Runs due escalation steps. Each step is run by one worker; what one worker left undone, another continues. */
export function escalationWatcher({ db, feed }: EscalationWatcherDependencies): Watcher {
  return new Watcher({
    name: "escalations",
    db,
    // Steps become due without an event; a new escalation announces itself.
    everyMs: 1_000,
    maxRetryMs: 15_000,
    wake: { feed, when: ({ topic }) => topic === "oncall" },
    run: async ({ attempt, isStopping, now }) => {
      const due = await db
        .select({ id: escalations.id, workspaceId: escalations.workspaceId })
        .from(escalations)
        .where(lte(escalations.nextAt, new Date(now())))
        .orderBy(asc(escalations.nextAt))
        .limit(maxPerRound);
      for (const item of due) {
        if (isStopping()) return;
        await attempt(item, () =>
          runEscalationStep(systemContext(db, item.workspaceId, "take-escalation-step"), item.id, new Date(now())),
        );
      }
    },
  });
}
