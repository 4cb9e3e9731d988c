import { and, asc, eq, gt, inArray, isNotNull, isNull, lte } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gameDays } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { completeReport } from "./report/complete-report.ts";
import { startDueDay } from "./start-due-day.ts";
import { watchDay } from "./watch-day.ts";

interface GameDayWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
}

/** Game days of one round; the others follow in the next. */
const maxItems = 500;
/** Time between two looks at reports: each reads the minutes, alerts and notifications since the start. */
const reportMs = 15_000;
/** Reports of game days that ended longer ago stay as they are. */
const maxReportAgeMs = 7 * dayMs;

/**
 * Runs game days: renews the lease of each that is running until its end, or aborts it; starts those whose time has come; completes reports.
 * Without any worker, gateways end a fault with its lease.
 */
export function gameDayWatcher({ db, feed }: GameDayWatcherDependencies): Watcher {
  /** When reports are completed again, on the clock of performance.now(). */
  let reportAt = 0;
  return new Watcher({
    name: "game-days",
    db,
    everyMs: 3_000,
    maxRetryMs: 15_000,
    wake: { feed, when: ({ topic }: Exclude<ChangeMessage, "missed">) => topic === "game-days" },
    run: async (round) => {
      await watchAll(round);
      await startAll(round);
      if (performance.now() < reportAt) return;
      reportAt = performance.now() + reportMs;
      await completeAll(round);
    },
  });
}

async function watchAll({ db, attempt, isStopping, now }: Round): Promise<void> {
  const running = await db
    .select({ id: gameDays.id, workspaceId: gameDays.workspaceId })
    .from(gameDays)
    .where(eq(gameDays.state, "running"))
    .orderBy(asc(gameDays.leasedUntil), asc(gameDays.id))
    .limit(maxItems);
  for (const { id, workspaceId } of running) {
    if (isStopping()) return;
    const ctx = systemContext(db, workspaceId, "game-days");
    await attempt({ id: `running ${id}`, workspaceId }, () => watchDay(ctx, id, now()));
  }
}

async function startAll({ db, attempt, isStopping, now }: Round): Promise<void> {
  const due = await db
    .select({ id: gameDays.id, number: gameDays.number, workspaceId: gameDays.workspaceId })
    .from(gameDays)
    .where(and(eq(gameDays.state, "planned"), lte(gameDays.startsAt, new Date(now()))))
    .orderBy(asc(gameDays.startsAt), asc(gameDays.id))
    .limit(maxItems);
  for (const { id, number, workspaceId } of due) {
    if (isStopping()) return;
    const ctx = systemContext(db, workspaceId, "game-days");
    await attempt({ id: `start ${id}`, workspaceId }, () => startDueDay(ctx, number, now()));
  }
}

async function completeAll({ db, attempt, isStopping, now }: Round): Promise<void> {
  const { id, workspaceId, state, startedAt, endedAt, report } = gameDays;
  const waiting = await db
    .select({ id, workspaceId })
    .from(gameDays)
    .where(
      and(
        inArray(state, ["ended", "aborted"]),
        isNull(report),
        isNotNull(startedAt),
        gt(endedAt, new Date(now() - maxReportAgeMs)),
      ),
    )
    .orderBy(asc(endedAt), asc(id))
    .limit(maxItems);
  for (const day of waiting) {
    if (isStopping()) return;
    const ctx = systemContext(db, day.workspaceId, "game-days");
    await attempt({ id: `report ${day.id}`, workspaceId: day.workspaceId }, () => completeReport(ctx, day.id, now()));
  }
}
