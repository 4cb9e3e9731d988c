import { and, eq, gt, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "#db/client.ts";
import { alertGroups, alerts, silenceRecurrences, silences, watchdogs } from "#db/schema/index.ts";
import { dispatchWatchdog, isDue } from "#server/alerting/watchdog/dispatch-watchdog.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { type Attempt, attemptOnce, Watcher } from "#server/platform/jobs/watcher.ts";
import { postponeFlush } from "../../alerting/alerts/groups/change-group.ts";
import { reconcileAll } from "../oncall/escalation/reconcile-escalations.ts";
import {
  isDueRecurrence,
  isEndingSilence,
  makeDueOccurrences,
  noteTurns,
  noticeEnd,
} from "../silences/maintain-silences.ts";
import { endOrphanedAlerts, expireAlerts, expiredAlerts } from "./expire-alerts.ts";
import { dueGroups, flushGroups } from "./flush-groups.ts";
import { maintainAcknowledgement } from "./maintain-acknowledgement.ts";

/** Reminders, and silences of tomorrow, can wait this long. */
const tendMs = 5_000;
/** A group whose notifications failed is retried after this time. */
const afterFailureMs = 15_000;
/** Silences that began or ended while no worker ran are caught up with for this long; notifications respect them anyway. */
const lookbackMs = 600_000;

/**
 * Ends expired alerts, applies silences that begin or end, sends the due notifications of groups, and repairs escalations. One transaction
 * at a time changes the alerts of a workspace, and the next round does what a worker that died had not committed.
 * @param sendsWatchdogs false where something else than a worker dispatches: the absence of watchdogs says that no worker does
 */
export function alertDispatcher(db: Database, { sendsWatchdogs = true } = {}): Watcher {
  let tendedAt = 0;
  let turnsSince: number | undefined;
  return new Watcher({
    name: "alerts",
    db,
    // Someone may have to be woken. A round without work is a few scans of small indexes.
    everyMs: 500,
    maxRetryMs: afterFailureMs,
    run: async ({ attempt, startedAt: now }) => {
      turnsSince ??= now - lookbackMs;
      await expireDue(db, now, attempt);
      if (await turnDue(db, { since: turnsSince, now }, attempt)) turnsSince = now;
      await flushDue(db, now, attempt);
      if (now - tendedAt < tendMs) return;
      tendedAt = now;
      await attempt({ id: "end-orphaned-alerts" }, () => endOrphanedAlerts(db, now));
      await reconcileAll(db, now, attempt);
      await maintainDue(db, now, attempt);
      if (sendsWatchdogs) await dispatchWatchdogs(db, now, attempt);
    },
  });
}

/** Ends all alerts, in every workspace, that have expired. An alert that fails delays no other. */
export async function expireDue(db: Database, now: number, attempt: Attempt = attemptOnce): Promise<void> {
  const due = await workspacesOf(db, alerts, and(eq(alerts.isEnded, false), lte(alerts.endsAt, new Date(now))));
  await each({ db, attempt, task: "expire-alerts" }, due, async (ctx) => {
    try {
      while ((await expireAlerts(ctx, now)) > 0);
    } catch (cause) {
      log.warn("alerts.expiry_failed", { workspaceId: ctx.actor.workspaceId, cause });
      await expireOneByOne(ctx, now, attempt);
    }
  });
}

/**
 * Updates all alerts whose silence began or ended within a time range.
 * @returns whether none was left out
 */
export async function turnDue(
  db: Database,
  span: { since: number; now: number },
  attempt: Attempt = attemptOnce,
): Promise<boolean> {
  const isIn = (column: PgColumn) => and(gt(column, new Date(span.since)), lte(column, new Date(span.now)));
  const due = await workspacesOf(db, silences, or(isIn(silences.startsAt), isIn(silences.endsAt)));
  const updated = await each({ db, attempt, task: "note-silences" }, due, (ctx) => noteTurns(ctx, span));
  return updated.every((isComplete) => isComplete === true);
}

/** Sends the notifications of all due groups, in every workspace. A group that fails delays no other. */
export async function flushDue(db: Database, now: number, attempt: Attempt = attemptOnce): Promise<void> {
  const isDue = and(isNotNull(alertGroups.nextFlushAt), lte(alertGroups.nextFlushAt, new Date(now)));
  await each({ db, attempt, task: "flush-alerts" }, await workspacesOf(db, alertGroups, isDue), async (ctx) => {
    try {
      while ((await flushGroups(ctx, { now })) > 0);
    } catch (cause) {
      log.warn("alerts.batch_failed", { workspaceId: ctx.actor.workspaceId, cause });
      await oneByOne(ctx, now, attempt);
    }
  });
}

/** Work that is not urgent: reminders of acknowledgements, notices of silences that end, silences of the coming day. */
export async function maintainDue(db: Database, now: number, attempt: Attempt = attemptOnce): Promise<void> {
  const expired = await db
    .select({ id: alertGroups.id, workspaceId: alertGroups.workspaceId })
    .from(alertGroups)
    .where(and(isNull(alertGroups.endedAt), sql`(${alertGroups.acknowledgement}->>'until')::float8 <= ${now}`));
  for (const { id, workspaceId } of expired) {
    const ctx = systemContext(db, workspaceId, "tend-acknowledgements");
    await attempt({ id: `acknowledgement ${id}`, workspaceId }, () => maintainAcknowledgement(ctx, id, now));
  }
  const inside = (workspaceId: string) => systemContext(db, workspaceId, "maintain-silences");
  const ofSilence = { id: silences.id, workspaceId: silences.workspaceId };
  for (const { id, workspaceId } of await db.select(ofSilence).from(silences).where(isEndingSilence(now)))
    await attempt({ id: `silence ${id}`, workspaceId }, () => noticeEnd(inside(workspaceId), id, now));
  const ofRecurrence = { id: silenceRecurrences.id, workspaceId: silenceRecurrences.workspaceId };
  for (const { id, workspaceId } of await db.select(ofRecurrence).from(silenceRecurrences).where(isDueRecurrence(now)))
    await attempt({ id: `recurrence ${id}`, workspaceId }, () => makeDueOccurrences(inside(workspaceId), id, now));
}

/** Sends the due watchdogs of all workspaces. */
export async function dispatchWatchdogs(db: Database, now: number, attempt: Attempt = attemptOnce): Promise<void> {
  const due = await workspacesOf(db, watchdogs, isDue(now));
  await each({ db, attempt, task: "dispatch-watchdog" }, due, (ctx) => dispatchWatchdog(ctx, now));
}

async function workspacesOf(db: Database, table: PgTable, where: SQL | undefined): Promise<string[]> {
  const rows = await db.selectDistinct({ workspaceId: sql<string>`workspace_id` }).from(table).where(where);
  return rows.map(({ workspaceId }) => workspaceId);
}

interface Task {
  db: Database;
  attempt: Attempt;
  task: string;
}

/**
 * Runs a task in each workspace. One that fails delays no other.
 * @returns the results; undefined where the task failed
 */
async function each<Result>(
  { db, attempt, task }: Task,
  workspaceIds: readonly string[],
  work: (ctx: Context) => Promise<Result>,
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = [];
  for (const workspaceId of workspaceIds) {
    const item = { id: `${task} ${workspaceId}`, workspaceId };
    results.push(await attempt(item, () => work(systemContext(db, workspaceId, task))));
  }
  return results;
}

async function expireOneByOne(ctx: Context, now: number, attempt: Attempt): Promise<void> {
  const { workspaceId } = ctx.actor;
  for (const fingerprint of await expiredAlerts(ctx, now)) {
    await attempt({ id: `alert ${fingerprint} of ${workspaceId}`, workspaceId }, () =>
      expireAlerts(ctx, now, fingerprint),
    );
  }
}

async function oneByOne(ctx: Context, now: number, attempt: Attempt): Promise<void> {
  const { workspaceId } = ctx.actor;
  for (const id of await dueGroups(ctx, now)) {
    await attempt(
      { id: `group ${id}`, workspaceId },
      () => flushGroups(ctx, { now, only: id }),
      () => postponeFlush(ctx, id, afterFailureMs),
    );
  }
}
