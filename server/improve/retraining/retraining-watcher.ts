import { asc, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { retrainingCycles, retrainingPolicies } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { type StepDependencies, stepCycle } from "./cycle/step-cycle.ts";
import { lookAtPolicy } from "./look/look-at-policy.ts";

interface RetrainingWatcherDependencies extends StepDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/** Time between two looks of a policy: what it reads changes in minutes. */
const lookMs = 5 * minuteMs;
/** Policies of one round; the others follow in the next. */
const maxLooks = 500;

const topics: readonly string[] = ["retraining", "training", "rollout"];

/** Takes open retraining cycles further, and lets policies look whether one starts. docs/spec/retraining.md section 5. */
export function retrainingWatcher({ db, feed, artifacts }: RetrainingWatcherDependencies): Watcher {
  return new Watcher({
    name: "retraining",
    db,
    everyMs: 5_000,
    startsInBackground: true,
    wake: { feed, when: (change: Exclude<ChangeMessage, "missed">) => topics.includes(change.topic) },
    run: async (round) => {
      await stepAll(round, { artifacts });
      await lookAll(round);
    },
  });
}

async function stepAll({ db, attempt, isStopping, now }: Round, dependencies: StepDependencies): Promise<void> {
  const open = await db
    .select({ id: retrainingCycles.id, workspaceId: retrainingCycles.workspaceId })
    .from(retrainingCycles)
    .where(isNull(retrainingCycles.endedAt))
    .orderBy(asc(retrainingCycles.startedAt), asc(retrainingCycles.id));
  for (const { id, workspaceId } of open) {
    if (isStopping()) return;
    const ctx = systemContext(db, workspaceId, "retraining");
    await attempt({ id: `cycle ${id}`, workspaceId }, () => stepCycle(ctx, id, dependencies, now()));
  }
}

async function lookAll({ db, attempt, isStopping, now }: Round): Promise<void> {
  const { lookedAt, updatedAt } = retrainingPolicies;
  const isDue = or(isNull(lookedAt), lt(lookedAt, new Date(now() - lookMs)), lt(lookedAt, updatedAt));
  const due = await db
    .select({ id: retrainingPolicies.id, workspaceId: retrainingPolicies.workspaceId })
    .from(retrainingPolicies)
    .where(isDue)
    .orderBy(sql`${lookedAt} nulls first`, asc(retrainingPolicies.id))
    .limit(maxLooks);
  for (const { id, workspaceId } of due) {
    if (isStopping()) return;
    const ctx = systemContext(db, workspaceId, "retraining");
    await attempt({ id: `policy ${id}`, workspaceId }, () => lookAtPolicy(ctx, id, now()));
  }
}
