import { and, asc, desc, gt, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { auditEvents, auditSeals } from "#db/schema/index.ts";
import type { SealedEntry } from "./canonical.ts";

/** Reads entries in the order of their ids, in the form in which they are sealed. */
export async function readSealedEntries(
  db: Database,
  where: (SQL | undefined)[],
  limit: number,
): Promise<SealedEntry[]> {
  const { at, before, after, ...columns } = auditEvents;
  const { id, workspaceId, actorKind, actorId, actorName, action, subject, reason, address } = columns;
  return db
    .select({
      id,
      workspaceId,
      at: sql<string>`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
      actorKind,
      actorId,
      actorName,
      action,
      subject,
      before: sql<string | null>`${before}::text`,
      after: sql<string | null>`${after}::text`,
      reason,
      address,
    })
    .from(auditEvents)
    .where(and(...where))
    .orderBy(asc(id))
    .limit(limit);
}

/** Returns the newest seal; undefined before the first one. */
export async function lastSeal(db: Database) {
  const { number, lastId, hash, sealedAt } = auditSeals;
  const [last] = await db.select({ number, lastId, hash, sealedAt }).from(auditSeals).orderBy(desc(number)).limit(1);
  return last;
}

/** Returns the time of the oldest entry without a seal; undefined when all are sealed. */
export async function oldestUnsealed(db: Database): Promise<Date | undefined> {
  const last = await lastSeal(db);
  const [oldest] = await db
    .select({ at: auditEvents.at })
    .from(auditEvents)
    .where(last && gt(auditEvents.id, last.lastId))
    .orderBy(asc(auditEvents.id))
    .limit(1);
  return oldest?.at;
}
