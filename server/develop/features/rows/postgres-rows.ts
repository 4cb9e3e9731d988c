import { is, sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { numbersOf, prepared } from "#db/prepared.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { KeyedRow, RowStore, StoredRow } from "./feature-rows.ts";

// A type and not an interface, which would not fit the record that the helper asks for.
type FoundRow = { key: Buffer; event_at: number; created_at: number; packed: Buffer; read_at: number };
type Read = (db: Database, values: Record<string, unknown>) => Promise<FoundRow[]>;

/** Views with a statement of their own: each connection keeps those it has prepared until it closes. */
const maxPrepared = 1_000;
const statements = new Map<number, Read>();

const pageRows = 5_000;
/** A page ends with the row that reaches so many bytes of packed values. */
const pageBytes = 8 * 2 ** 20;

/** The newest rows in Postgres, which are the truth. Reads take all keys of a view in one statement. */
export function postgresRows(db: Database): RowStore {
  let before: Promise<unknown> = Promise.resolve();
  /** The connection of a transaction takes one query at a time. */
  const inTurn = (read: () => Promise<FoundRow[]>): Promise<FoundRow[]> => {
    if (!is(db, PgTransaction)) return read();
    const next = before.then(read, read);
    before = next;
    return next;
  };
  return {
    async read({ number }, keys) {
      if (keys.length === 0) return { rows: [], readAt: undefined };
      const found = new Map<string, StoredRow>();
      let readAt: number | undefined;
      for (const row of await inTurn(() => statementOf(number)(db, { keys: byteaArray(keys) }))) {
        const { event_at: eventAt, created_at: createdAt, packed } = row;
        found.set(row.key.toString("latin1"), { eventAt, createdAt, packed });
        readAt = row.read_at;
      }
      return { rows: keys.map((key) => found.get(key.toString("latin1"))), readAt };
    },

    // In the order of keys, so that two writers of the same keys wait for each other in one order.
    async write({ number, workspaceId }, rows) {
      const result = await db.execute(sql`
        insert into feature_latest as latest (view_number, key, workspace_id, event_at, created_at, arrived_at, packed)
        select ${number}::int, key, ${workspaceId}::uuid, event_at, created_at, arrived_at, packed
        from unnest(${byteaArray(rows.map(({ key }) => key))}::bytea[], ${numbersOf(rows.map(({ eventAt }) => eventAt))}::int8[],
          ${numbersOf(rows.map(({ createdAt }) => createdAt))}::int8[], ${numbersOf(rows.map(({ arrivedAt }) => arrivedAt))}::int8[],
          ${byteaArray(rows.map(({ packed }) => packed))}::bytea[]) as row (key, event_at, created_at, arrived_at, packed)
        order by key
        on conflict (view_number, key) do update
          set event_at = excluded.event_at, created_at = excluded.created_at, arrived_at = excluded.arrived_at, packed = excluded.packed
          where (excluded.event_at, excluded.created_at) >= (latest.event_at, latest.created_at)
        returning encode(key, 'hex') as key`);
      const won = new Set(rowsOf(z.object({ key: z.string() }), result).map(({ key }) => key));
      return rows.map(({ key }) => won.has(key.toString("hex")));
    },

    async remove({ number }, keys) {
      await db.execute(
        sql`delete from feature_latest where view_number = ${number} and key = any(${byteaArray(keys)}::bytea[])`,
      );
    },

    async *scan({ number }) {
      let after: Buffer | undefined;
      for (;;) {
        const page = await scanPage(db, number, after);
        const last = page.at(-1);
        if (!last) return;
        yield page;
        after = last.key;
      }
    },
  };
}

async function scanPage(db: Database, number: number, after: Buffer | undefined): Promise<KeyedRow[]> {
  const { rows } = await db.execute<{ key: Buffer; eventAt: number; createdAt: number; packed: Buffer }>(sql`
    select key, event_at as "eventAt", created_at as "createdAt", packed from (
      select *, sum(octet_length(packed)) over (order by key rows unbounded preceding) - octet_length(packed) as bytes_before from (
        select key, event_at, created_at, packed from feature_latest
        where view_number = ${sql.raw(String(number))} ${after ? sql`and key > ${after}` : sql``}
        order by key limit ${pageRows}
      ) as next
    ) as measured where bytes_before < ${pageBytes} order by key`);
  return rows;
}

/**
 * Returns the prepared statement of a view. The number is part of its text: Postgres then plans for the one partition that has the view's rows,
 * and takes no lock on the others. Those of views beyond the first thousand are not prepared.
 */
function statementOf(number: number): Read {
  const known = statements.get(number);
  if (known) return known;
  const isPrepared = statements.size < maxPrepared;
  const statement = prepared<FoundRow>(
    isPrepared ? `features.read.${number}` : undefined,
    sql`select key, event_at, created_at, packed,
        (extract(epoch from clock_timestamp()) * 1000000)::int8 as read_at
      from feature_latest where view_number = ${sql.raw(String(number))} and key = any(${sql.placeholder("keys")}::bytea[])`,
  );
  if (isPrepared) statements.set(number, statement);
  return statement;
}

/** Formats bytes as a Postgres array. The driver would write each with its quotes, in more time. */
export function byteaArray(values: readonly Uint8Array[]): string {
  return `{${values.map((value) => `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}"`).join(",")}}`;
}
