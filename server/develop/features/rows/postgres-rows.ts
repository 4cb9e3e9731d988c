import { is, sql } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Database } from "#db/client.ts";
import { prepared } from "#db/prepared.ts";
import type { FeatureRows, StoredRow } from "./feature-rows.ts";

// A type and not an interface, which would not fit the record that the helper asks for.
type FoundRow = { key: Buffer; event_at: number; created_at: number; packed: Buffer; read_at: number };
type Read = (db: Database, values: Record<string, unknown>) => Promise<FoundRow[]>;

/** Views with a statement of their own: each connection keeps those it has prepared until it closes. */
const maxPrepared = 1_000;
const statements = new Map<number, Read>();

/** Reads the newest rows from Postgres, all keys of a view in one statement. */
export function postgresRows(db: Database): FeatureRows {
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
  };
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
