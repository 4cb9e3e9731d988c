import { and, eq, gt, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "#db/client.ts";
import { alertGroups, alerts, silenceRecurrences, silences } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { postponeFlush } from "../../alerting/alerts/groups/change-group.ts";
import { makeAllOccurrences, noteTurns, noticeEnds } from "../silences/maintain-silences.ts";
import { expireAlerts } from "./expire-alerts.ts";
import { dueGroups, flushGroups } from "./flush-groups.ts";
import { maintainAcknowledgements } from "./maintain-acknowledgements.ts";

/** Somebody may wait to be woken. A look at nothing is a few scans of small indexes. */
const pollMs = 500;
/** Reminders and silences of tomorrow can wait for so long. */
const tendMs = 5_000;
/** A group that cannot be told of is tried again after so long. */
const afterFailureMs = 15_000;
/** What began or ended while no worker ran is caught up with for so long; flushes see all of it anyway. */
const lookbackMs = 600_000;

/**
 * Looks twice a second at alerts whose time is over, at silences that begin or end, and at groups that are due. Several may run: one
 * transaction at a time changes the alerts of a workspace, and what a worker that dies had not committed is done by the next look.
 */
export class AlertDispatcher {
  private readonly db: Database;
  private readonly looks = new Refresher("alerts", pollMs, () => this.look());
  private tendedAt = 0;
  private turnsSince = Date.now() - lookbackMs;

  constructor(db: Database) {
    this.db = db;
  }

  async start(): Promise<void> {
    await this.looks.start();
  }

  /** Begins no more looks; the one that is under way ends. */
  async stop(): Promise<void> {
    await this.looks.stop();
  }

  private async look(): Promise<void> {
    const now = Date.now();
    await expireDue(this.db, now);
    if (await turnDue(this.db, { since: this.turnsSince, now })) this.turnsSince = now;
    await flushDue(this.db, now);
    if (now - this.tendedAt < tendMs) return;
    this.tendedAt = now;
    await maintainDue(this.db, now);
  }
}

/** Notes the end of all alerts, in every workspace, whose time is over. */
export async function expireDue(db: Database, now: number): Promise<void> {
  const due = await workspacesOf(db, alerts, and(eq(alerts.isEnded, false), lte(alerts.endsAt, new Date(now))));
  await each(db, due, "expire-alerts", async (ctx) => {
    while ((await expireAlerts(ctx, now)) > 0);
  });
}

/** Says of all alerts whose silence began or ended in a span what mutes them now. @returns whether nothing was left out */
export async function turnDue(db: Database, span: { since: number; now: number }): Promise<boolean> {
  const isIn = (column: PgColumn) => and(gt(column, new Date(span.since)), lte(column, new Date(span.now)));
  const due = await workspacesOf(db, silences, or(isIn(silences.startsAt), isIn(silences.endsAt)));
  let isWhole = true;
  await each(db, due, "note-silences", async (ctx) => {
    if (!(await noteTurns(ctx, span))) isWhole = false;
  });
  return isWhole;
}

/** Looks at all groups, in every workspace, that are due. What goes wrong with one of them keeps no other from being told. */
export async function flushDue(db: Database, now: number): Promise<void> {
  const isDue = and(isNotNull(alertGroups.nextFlushAt), lte(alertGroups.nextFlushAt, new Date(now)));
  await each(db, await workspacesOf(db, alertGroups, isDue), "flush-alerts", async (ctx) => {
    try {
      while ((await flushGroups(ctx, { now })) > 0);
    } catch (cause) {
      log.warn("alerts.batch_failed", { workspaceId: ctx.actor.workspaceId, cause });
      await oneByOne(ctx, now);
    }
  });
}

/** What has time: reminders of acknowledgements, notices of silences that end, silences of the coming day. */
export async function maintainDue(db: Database, now: number): Promise<void> {
  const isTaken = and(isNull(alertGroups.endedAt), sql`(${alertGroups.acknowledgement}->>'until')::float8 <= ${now}`);
  await each(db, await workspacesOf(db, alertGroups, isTaken), "tend-acknowledgements", (ctx) =>
    maintainAcknowledgements(ctx, now),
  );
  const soon = new Date(now + 900_000);
  const isEnding = and(gt(silences.endsAt, new Date(now)), lte(silences.endsAt, soon), isNull(silences.noticedAt));
  await each(db, await workspacesOf(db, silences, isEnding), "notice-silences", (ctx) => noticeEnds(ctx, now));
  const { madeUntil, endedAt } = silenceRecurrences;
  const isToMake = and(isNull(endedAt), or(isNull(madeUntil), lte(madeUntil, new Date(now + dayMs - minuteMs))));
  await each(db, await workspacesOf(db, silenceRecurrences, isToMake), "make-silences", (ctx) =>
    makeAllOccurrences(ctx, now),
  );
}

async function workspacesOf(db: Database, table: PgTable, where: SQL | undefined): Promise<string[]> {
  const rows = await db.selectDistinct({ workspaceId: sql<string>`workspace_id` }).from(table).where(where);
  return rows.map(({ workspaceId }) => workspaceId);
}

/** What goes wrong in one workspace keeps no other waiting. */
async function each(
  db: Database,
  workspaceIds: readonly string[],
  task: string,
  work: (ctx: Context) => Promise<unknown>,
): Promise<void> {
  for (const workspaceId of workspaceIds) {
    try {
      await work(systemContext(db, workspaceId, task));
    } catch (cause) {
      log.error("alerts.task_failed", { workspaceId, task, cause });
    }
  }
}

async function oneByOne(ctx: Context, now: number): Promise<void> {
  for (const id of await dueGroups(ctx, now)) {
    try {
      await flushGroups(ctx, { now, only: id });
    } catch (cause) {
      log.error("alerts.group_failed", { groupId: id, cause });
      await postponeFlush(ctx, id, afterFailureMs);
    }
  }
}
