import { desc, gt, lte, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { auditEvents, auditSeals } from "#db/schema/index.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { digestOf, sealFormat, sealHash } from "./canonical.ts";
import { lastSeal, readSealedEntries } from "./sealed-entries.ts";

/** Entries of one seal at most: 40 kB of ids and digests. */
export const maxSealedEntries = 1_000;

/** An id below which nothing can appear any more once these transactions have ended. */
export interface Horizon {
  id: number;
  /** Virtual ids of the transactions that were writing to the audit log. */
  writers: readonly string[];
}

const Writer = z.object({ writer: z.string() });
const Taken = z.object({ taken: z.boolean() });

/**
 * Returns the greatest id of the audit log, and the transactions that may still add an entry with a smaller one. An insertion locks the
 * table before it takes its id, and unlocks it only after its commit is visible. So whatever took an id below this one has either committed
 * or still holds the lock now.
 */
export async function readHorizon(db: Database): Promise<Horizon> {
  // In this order, each statement with a snapshot of its own.
  const [newest] = await db.select({ id: auditEvents.id }).from(auditEvents).orderBy(desc(auditEvents.id)).limit(1);
  return { id: newest?.id ?? 0, writers: await listWriters(db) };
}

/** Returns which of the transactions of a horizon are still open: as long as there are any, nothing may be sealed up to it. */
export async function openWriters(db: Database, { writers }: Horizon): Promise<readonly string[]> {
  if (writers.length === 0) return [];
  const open = new Set(await listWriters(db));
  return writers.filter((writer) => open.has(writer));
}

async function listWriters(db: Database): Promise<string[]> {
  const result = await db.execute(sql`
    select virtualtransaction as writer
    from pg_locks
    where locktype = 'relation'
      and database = (select oid from pg_database where datname = current_database())
      and relation = 'audit_events'::regclass
      and mode = 'RowExclusiveLock'
      and granted
  `);
  return rowsOf(Writer, result).map(({ writer }) => writer);
}

/**
 * Appends a seal over the next entries up to an id that nothing can be added below.
 * @param limit maximum number of entries of the seal
 * @returns the number of entries that it covers; 0 when there are none, or another worker is sealing
 */
export async function sealEntries(db: Database, upTo: number, now: Date, limit = maxSealedEntries): Promise<number> {
  return db.transaction(async (db) => {
    const taken = await db.execute(sql`select pg_try_advisory_xact_lock(hashtextextended('audit seals', 0)) as taken`);
    if (!rowOf(Taken, taken).taken) return 0;
    const last = await lastSeal(db);
    const range = [last ? gt(auditEvents.id, last.lastId) : undefined, lte(auditEvents.id, upTo)];
    const entries = await readSealedEntries(db, range, limit);
    const lastId = entries.at(-1)?.id;
    if (lastId === undefined) return 0;
    const head = { number: (last?.number ?? 0) + 1, format: sealFormat, lastId, sealedAt: now };
    const ids = entries.map(({ id }) => id);
    const digests = Buffer.concat(entries.map((entry) => digestOf(entry)));
    await db
      .insert(auditSeals)
      .values({ ...head, ids, digests, hash: sealHash(head, last?.hash ?? null, ids, digests) });
    return entries.length;
  });
}
