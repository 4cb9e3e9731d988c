import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { numbersOf, prepared } from "#db/prepared.ts";
import type { KeyedRow } from "../rows/feature-rows.ts";

/** What a reader of arrivals has seen: everything that was committed when it read. */
export const Position = z.object({
  /** Snapshot of Postgres, as text: pg_snapshot. */
  snapshot: z.string().regex(/^\d+:\d+:[\d,]*$/),
  /** The database and its history. With another one, transaction ids mean something else. */
  identity: z.string(),
  /** The database's clock at that moment, in microseconds since 1970. */
  readAt: z.number(),
});
export type Position = z.infer<typeof Position>;

/** A row that became the newest of its key when it arrived. */
export interface ArrivedRow extends KeyedRow {
  readonly viewNumber: number;
  /** Order of writing. */
  readonly sequence: number;
  readonly arrivedAt: number;
}

/** Arrivals stay for at least 15 minutes before they are packed. Whoever was away for so long has to read the views anew. */
export const maxGapUs = 10 * 60 * 1_000_000;

/** No transaction that writes rows takes so long, so arrivals whose commit is new are not older. Others are in partitions that need no look. */
const maxTransactionUs = 24 * 3_600 * 1_000_000;
const pageRows = 5_000;
/** A page ends with the row that reaches so many bytes of packed values. */
const pageBytes = 16 * 2 ** 20;

/**
 * Cluster, timeline and database, and the restore that filled it. A standby that was promoted has another timeline: it may lack transactions
 * that others have seen, and give their ids to new ones.
 */
const identity = sql`concat_ws('.', (select system_identifier from pg_control_system()), substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
  (select oid from pg_database where datname = current_database()),
  (select value ->> 'restoredAt' from system_values where key = 'restored'))`;

const position = sql`pg_current_snapshot()::text as snapshot, ${identity} as identity,
  (extract(epoch from clock_timestamp()) * 1000000)::int8 as "readAt"`;

// A type and not an interface, which would not fit the record that the helper asks for.
type PositionRow = { snapshot: string; identity: string; readAt: number };
type FollowedRow = PositionRow & {
  transaction: string | null;
  sequence: number;
  viewNumber: number;
  key: Buffer;
  eventAt: number;
  createdAt: number;
  arrivedAt: number;
  packed: Buffer;
};

const readPosition = prepared<PositionRow>("features.position", sql`select ${position}`);

/** Returns where a reader begins that reads the views themselves afterwards. */
export async function positionNow(db: Database): Promise<Position> {
  const [found] = await readPosition(db, {});
  if (!found) throw new Error("Postgres returned no snapshot.");
  return found;
}

/**
 * Arrivals whose transactions the snapshot before did not see: those that were under way then, and those that began later. Nothing is waited
 * for, so a transaction that stays open for an hour delays no other, which a horizon of ended transactions would.
 */
const readPage = prepared<FollowedRow>(
  "features.follow",
  sql`select ${position}, page.* from (select 1) as one left join lateral (
    select * from (
      select *, sum(octet_length(packed)) over (order by in_order, sequence rows unbounded preceding) - octet_length(packed) as bytes_before
      from (
        select transaction as in_order, transaction::text as transaction, sequence, view_number as "viewNumber", key, event_at as "eventAt",
          created_at as "createdAt", arrived_at as "arrivedAt", packed
        from feature_arrivals
        where view_number = any(${sql.placeholder("numbers")}::int[]) and is_newest and arrived_at >= ${sql.placeholder("since")}::int8
          and (transaction >= ${sql.placeholder("from")}::xid8 or transaction = any(${sql.placeholder("open")}::xid8[]))
          and pg_visible_in_snapshot(transaction, coalesce(${sql.placeholder("until")}::pg_snapshot, pg_current_snapshot()))
          and (transaction, sequence) > (${sql.placeholder("afterTransaction")}::xid8, ${sql.placeholder("afterSequence")}::int8)
        order by feature_arrivals.transaction, sequence limit ${sql.raw(String(pageRows))}
      ) as next
    ) as measured where bytes_before < ${sql.raw(String(pageBytes))}
  ) as page on true order by page.in_order, page.sequence`,
);

/**
 * Reads the rows of some views that became visible since a position, page by page. Rows of one key may come in another order than they were
 * written; `sequence` tells.
 * @returns the position that is reached with the last page, in every page
 */
export async function* arrivalsSince(
  db: Database,
  { snapshot, readAt }: Position,
  numbers: readonly number[],
): AsyncGenerator<{ rows: ArrivedRow[]; position: Position }> {
  const [, from = "0", open = ""] = snapshot.split(":");
  let reached: Position | undefined;
  let after = { transaction: "0", sequence: -1 };
  for (;;) {
    const found = await readPage(db, {
      numbers: numbersOf(numbers),
      since: readAt - maxTransactionUs,
      from,
      open: `{${open}}`,
      until: reached?.snapshot ?? null,
      afterTransaction: after.transaction,
      afterSequence: after.sequence,
    });
    const [first] = found;
    if (!first) throw new Error("Postgres returned no snapshot.");
    reached ??= { snapshot: first.snapshot, identity: first.identity, readAt: first.readAt };
    const rows: ArrivedRow[] = [];
    for (const row of found) {
      if (row.transaction === null) continue;
      const { viewNumber, sequence, key, eventAt, createdAt, arrivedAt, packed } = row;
      rows.push({ viewNumber, sequence, key, eventAt, createdAt, arrivedAt, packed });
      after = { transaction: row.transaction, sequence };
    }
    yield { rows, position: reached };
    if (rows.length === 0) return;
    // Fewer rows than a page takes, and fewer bytes, are the last.
    const bytes = rows.reduce((sum, { packed }) => sum + packed.length, 0);
    if (rows.length < pageRows && bytes < pageBytes) return;
  }
}
