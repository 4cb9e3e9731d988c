import { and, asc, eq, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { retrainingCycles, retrainingPolicies } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { type StepDependencies, stepCycle } from "./cycle/step-cycle.ts";
import { lookAtPolicy } from "./look/look-at-policy.ts";
import { assessCycle } from "./outcome/assess-cycle.ts";

interface RetrainingWatcherDependencies extends StepDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/** Time between two looks of a policy: what it reads, such as SLOs, is counted by minutes. */
const lookMs = minuteMs;
/** Policies of one round; the others follow in the next. */
const maxLooks = 500;
/** Time between two looks at adopted cycles: labels take hours, and reading them takes a while. */
const assessMs = 15 * minuteMs;
/** Adopted cycles of one look, the oldest first: these are due soonest. */
const maxAssessed = 200;

const topics: readonly string[] = ["retraining", "training", "rollout"];

/**
 * Takes open retraining cycles further, lets policies look whether one starts, and says of adopted ones whether they helped.
 * docs/spec/retraining.md sections 5 and 7.
 */
export function retrainingWatcher({ db, feed, artifacts, guard }: RetrainingWatcherDependencies): Watcher {
  /** When adopted cycles are assessed again, on the clock of performance.now(). */
  let assessAt = 0;
  return new Watcher({
    name: "retraining",
    db,
    everyMs: 5_000,
    startsInBackground: true,
    wake: { feed, when: (change: Exclude<ChangeMessage, "missed">) => topics.includes(change.topic) },
    run: async (round) => {
      await stepAll(round, { artifacts, guard });
      await lookAll(round);
      if (performance.now() < assessAt) return;
      assessAt = performance.now() + assessMs;
      await assessAll(round);
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

async function assessAll({ db, attempt, isStopping, now }: Round): Promise<void> {
  const { id, workspaceId, state, outcome, endedAt } = retrainingCycles;
  const waiting = await db
    .select({ id, workspaceId })
    .from(retrainingCycles)
    .where(and(eq(state, "adopted"), isNull(outcome), isNotNull(endedAt)))
    .orderBy(asc(endedAt), asc(id))
    .limit(maxAssessed);
  for (const cycle of waiting) {
    if (isStopping()) return;
    const ctx = systemContext(db, cycle.workspaceId, "retraining");
    await attempt({ id: `outcome ${cycle.id}`, workspaceId: cycle.workspaceId }, () =>
      assessCycle(ctx, cycle.id, now()),
    );
  }
}
