import { and, eq, isNotNull, lte } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alertGroups, alerts } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/context.ts";
import { log } from "#server/log.ts";
import { Refresher } from "#server/refresher.ts";
import { expireAlerts } from "./dispatch/expire-alerts.ts";
import { dueGroups, flushGroups, postponeFlush } from "./dispatch/flush-groups.ts";

/** Somebody may wait to be woken. A look at nothing is two index scans. */
const pollMs = 500;
/** A group that cannot be told of is tried again after so long. */
const afterFailureMs = 15_000;

/**
 * Looks twice a second at alerts whose time is over and at groups that are due. Several may run: one transaction at a time
 * changes the alerts of a workspace, and what a worker that dies had not committed is done by the next look.
 */
export class AlertDispatcher {
  private readonly db: Database;
  private readonly looks = new Refresher("alerts", pollMs, () => this.look());

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
    await flushDue(this.db, now);
  }
}

/** Notes the end of all alerts, in every workspace, whose time is over. */
export async function expireDue(db: Database, now: number): Promise<void> {
  const due = await db
    .selectDistinct({ workspaceId: alerts.workspaceId })
    .from(alerts)
    .where(and(eq(alerts.isEnded, false), lte(alerts.endsAt, new Date(now))));
  for (const { workspaceId } of due) {
    const ctx = systemContext(db, workspaceId, "expire-alerts");
    try {
      while ((await expireAlerts(ctx, now)) > 0);
    } catch (cause) {
      log.error("alerts.not_expired", { workspaceId, cause });
    }
  }
}

/** Looks at all groups, in every workspace, that are due. What goes wrong with one of them keeps no other from being told. */
export async function flushDue(db: Database, now: number): Promise<void> {
  const due = await db
    .selectDistinct({ workspaceId: alertGroups.workspaceId })
    .from(alertGroups)
    .where(and(isNotNull(alertGroups.nextFlushAt), lte(alertGroups.nextFlushAt, new Date(now))));
  for (const { workspaceId } of due) {
    const ctx = systemContext(db, workspaceId, "flush-alerts");
    try {
      while ((await flushGroups(ctx, { now })) > 0);
    } catch (cause) {
      log.warn("alerts.batch_failed", { workspaceId, cause });
      await oneByOne(ctx, now);
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
