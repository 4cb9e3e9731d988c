import { and, asc, count, eq, gt, gte, inArray, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { channels, notificationAttempts, notifications } from "#db/schema/index.ts";
import { databaseError } from "#server/base/database-error.ts";
import { log } from "#server/base/log.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { ChannelSettings, NotificationKind } from "../contract.ts";
import { readMessage } from "../stored-message.ts";
import { decideCap, hourOf } from "./cap.ts";
import { dueLanes } from "./due-turns.ts";
import { hold, isDigest } from "./hold.ts";
import { isEdit, notifiedBefore } from "./notified-before.ts";
import { nextOf, type Waiting } from "./supersede.ts";
import { watchdogLane } from "./watchdog-lane.ts";

/**
 * Duration of a lease. An attempt takes less: a worker that holds a message for longer has crashed. A duplicate costs less than a late
 * page.
 */
const leaseSeconds = 30;
/** Time after which a lane that could not be claimed is tried again; the others of its turn go first. */
const postponedSeconds = 15;
/** Maximum number of messages read per group; later ones follow in a later evaluation. */
const maxQueued = 200;
/** Default rate limit per hour, for people and channels without a setting. */
const usualPerHour = 60;

export interface Claimed {
  id: string;
  workspaceId: string;
  turn: string;
}

/** Result of one claim: messages that this worker sends until their leases end, and counts for metrics. */
export interface Claims {
  claimed: Claimed[];
  superseded: number;
  held: number;
  resent: number;
}

type Row = typeof notifications.$inferSelect;

/**
 * Claims up to a number of messages of a turn, each of another group: the newest state that may be sent (supersede.ts), unless the rate
 * limit holds it back (cap.ts). One worker at a time processes a turn. A lane that fails stops no other, and a message that cannot be read is a
 * dead letter, so that those behind it are sent.
 */
export function claimNotifications(
  database: Database,
  turn: string,
  slots: number,
  attempt: Attempt = attemptOnce,
): Promise<Claims> {
  return database.transaction(async (db) => {
    const claims: Claims = { claimed: [], superseded: 0, held: 0, resent: 0 };
    const { rows } = await db.execute<{ isMine: boolean; now: string }>(sql`
      select pg_try_advisory_xact_lock(hashtextextended(${`notifications ${turn}`}, 0)) as "isMine", now()::text as now`);
    const [lock] = rows;
    if (!lock?.isMine) return claims;
    for (const lane of await dueLanes(db, turn, slots)) {
      const claimed = await attempt(
        { id: `lane ${lane} of ${turn}` },
        () => db.transaction((db) => claimLane(db, { turn, lane, now: new Date(lock.now) })),
        () => postpone(db, turn, lane),
      );
      if (claimed) addClaims(claims, claimed);
    }
    return claims;
  });
}

async function claimLane(db: Database, of: { turn: string; lane: string; now: Date }): Promise<Claims> {
  const { turn, lane, now } = of;
  const claims: Claims = { claimed: [], superseded: 0, held: 0, resent: 0 };
  const stored = await db
    .select()
    .from(notifications)
    .where(and(eq(notifications.turn, turn), eq(notifications.lane, lane), eq(notifications.state, "pending")))
    .orderBy(asc(notifications.sequence))
    .limit(maxQueued)
    .for("update");
  const rows: Row[] = [];
  const readable: Waiting[] = [];
  for (const row of stored) {
    const read = await toWaiting(db, row);
    if (!read) continue;
    rows.push(row);
    readable.push(read);
  }
  const [first] = rows;
  const [firstWaiting, ...others] = readable;
  if (!first || !firstWaiting) return claims;
  claims.resent += await takeOver(db, rows);
  const notified = await notifiedBefore(db, first);
  const next = nextOf([firstWaiting, ...others], notified?.firing ?? null);
  const row = rows.find(({ id }) => id === next.id) as Row;
  const settings = await settingsOf(db, row);
  // A watchdog that is held back means to the other side that paging is broken.
  const decision =
    isDigest(row) || row.lane === watchdogLane
      ? "send"
      : decideCap({
          severity: row.severity,
          status: next.message.status,
          now,
          isNotified: notified !== null,
          lastAt: notified?.at ?? null,
          isEdit:
            notified !== null && isEdit(settings, row, { reason: next.message.reason, reference: notified.reference }),
          sent: await sentIn(db, row, hourOf(now).from),
          maxPerHour: settings?.maxPerHour ?? usualPerHour,
        });
  if (typeof decision === "object") {
    await db
      .update(notifications)
      .set({ nextAttemptAt: decision.until })
      .where(and(eq(notifications.turn, turn), eq(notifications.lane, lane), eq(notifications.state, "pending")));
    return claims;
  }
  claims.superseded += await supersede(db, row, next.superseded);
  if (decision === "hold") {
    claims.held += 1;
    await hold(db, { ...row, message: next.message }, now);
    return claims;
  }
  const counts = rows.filter(({ id }) => next.superseded.includes(id)).map(({ supersedes }) => supersedes + 1);
  const until = sql`now() + make_interval(secs => ${leaseSeconds})`;
  await db
    .update(notifications)
    .set({
      message: next.message,
      leaseEndsAt: until,
      nextAttemptAt: until,
      supersedes: row.supersedes + counts.reduce((sum, each) => sum + each, 0),
    })
    .where(eq(notifications.id, row.id));
  claims.claimed.push({ id: row.id, workspaceId: row.workspaceId, turn });
  return claims;
}

function addClaims(all: Claims, { claimed, superseded, held, resent }: Claims): void {
  all.claimed.push(...claimed);
  all.superseded += superseded;
  all.held += held;
  all.resent += resent;
}

async function postpone(db: Database, turn: string, lane: string): Promise<void> {
  await db
    .update(notifications)
    .set({ nextAttemptAt: sql`now() + make_interval(secs => ${postponedSeconds})` })
    .where(and(eq(notifications.turn, turn), eq(notifications.lane, lane), eq(notifications.state, "pending")));
}

/** Records that another worker may have sent these, and crashed before recording it. */
async function takeOver(db: Database, rows: readonly Row[]): Promise<number> {
  const lapsed = rows.filter(({ leaseEndsAt }) => leaseEndsAt !== null);
  if (lapsed.length === 0) return 0;
  const error = "The sender stopped before recording the outcome. Resending; it may arrive twice.";
  await db
    .insert(notificationAttempts)
    .values(lapsed.map(({ id, workspaceId }) => ({ workspaceId, notificationId: id, durationMs: 0, error })));
  const ids = lapsed.map(({ id }) => id);
  await db.update(notifications).set({ leaseEndsAt: null }).where(inArray(notifications.id, ids));
  return lapsed.length;
}

async function supersede(db: Database, by: Row, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  await db
    .update(notifications)
    .set({
      state: "cancelled",
      nextAttemptAt: null,
      reference: { supersededBy: by.id },
      note: "Superseded by a newer state of the group.",
    })
    .where(inArray(notifications.id, [...ids]));
  return ids.length;
}

async function settingsOf(db: Database, { channelId }: Row): Promise<ChannelSettings | undefined> {
  if (channelId === null) return undefined;
  const [channel] = await db.select({ settings: channels.settings }).from(channels).where(eq(channels.id, channelId));
  return channel && ChannelSettings.parse(channel.settings);
}

/** Messages that the turn got since then, and those on their way: of tickets those besides pages. */
async function sentIn(db: Database, { turn, severity }: Row, from: Date): Promise<number> {
  const delivered = and(eq(notifications.state, "delivered"), gte(notifications.deliveredAt, from));
  const onItsWay = and(eq(notifications.state, "pending"), gt(notifications.leaseEndsAt, sql`now()`));
  const kinds = severity === "page" ? undefined : sql`${notifications.severity} <> 'page'`;
  const [row] = await db
    .select({ sent: count() })
    .from(notifications)
    .where(and(eq(notifications.turn, turn), or(delivered, onItsWay), kinds));
  return row?.sent ?? 0;
}

/** @returns undefined for a message that nobody can read, which is a dead letter from now on */
async function toWaiting(db: Database, { id, kind, groupId, message }: Row): Promise<Waiting | undefined> {
  try {
    return { id, kind: NotificationKind.parse(kind), groupId, message: readMessage(message) };
  } catch (cause) {
    log.error("notification.unreadable", { notificationId: id, reason: databaseError(cause).message, cause });
    await db
      .update(notifications)
      .set({ state: "dead", nextAttemptAt: null, leaseEndsAt: null, note: "Could not read the stored message." })
      .where(eq(notifications.id, id));
    return undefined;
  }
}
