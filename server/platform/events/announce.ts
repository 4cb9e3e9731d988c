import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { type ChangeEvent, eventChannel } from "./publish.ts";

/** Minimum time between two announcements of the same change by this process, even if it changes a thousand times a second. */
const quietMs = 1_000;
/** Time in which events are collected into one statement, because a commit that notifies waits for all others that do. */
const gatherMs = 50;

interface Announced {
  /** Whether there was a change since the last announcement. */
  isDue: boolean;
}

const announced = new Map<string, Announced>();
/** Events that wait for the next statement; there is an entry while one was sent less than `gatherMs` ago. */
const gathered = new Map<Database, ChangeEvent[]>();

/**
 * Notifies open pages of a change: immediately, then at most once a second during further changes. Called after the change is
 * committed and outside its transaction. A page that misses it sees the change at the next one, or when it polls.
 */
export function announce(ctx: Context, topic: ChangeEvent["topic"], id: string): void {
  const key = `${ctx.actor.workspaceId} ${topic} ${id}`;
  const before = announced.get(key);
  if (before) {
    before.isDue = true;
    return;
  }
  announced.set(key, { isDue: false });
  emit(ctx.db, { workspaceId: ctx.actor.workspaceId, topic, id });
  setTimeout(() => {
    const isDue = announced.get(key)?.isDue;
    announced.delete(key);
    if (isDue) announce(ctx, topic, id);
  }, quietMs).unref();
}

function emit(db: Database, event: ChangeEvent): void {
  const waiting = gathered.get(db);
  if (waiting) {
    waiting.push(event);
    return;
  }
  gathered.set(db, []);
  send(db, [event]);
  setTimeout(() => sendGathered(db), gatherMs).unref();
}

function sendGathered(db: Database): void {
  const events = gathered.get(db) ?? [];
  if (events.length === 0) {
    gathered.delete(db);
    return;
  }
  gathered.set(db, []);
  send(db, events);
  setTimeout(() => sendGathered(db), gatherMs).unref();
}

function send(db: Database, events: readonly ChangeEvent[]): void {
  const payloads = events.map((event) => JSON.stringify(event));
  db.execute(sql`select pg_notify(${eventChannel}, event) from unnest(${sql.param(payloads)}::text[]) as event`).catch(
    (cause: unknown) => log.warn("events.announcement-failed", { events: events.length, cause: String(cause) }),
  );
}
