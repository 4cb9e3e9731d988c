import type { SQL } from "drizzle-orm";
import { PgDialect, type PgSession } from "drizzle-orm/pg-core";
import type { Database } from "./client.ts";

// As in client.ts.
const dialect = new PgDialect({ casing: "snake_case" });

/**
 * Prepares a statement that Postgres parses once per connection and whose text is built once per process, for queries that run
 * hundreds of times a second. Its values are `sql.placeholder("name")`.
 * @param name unique for each text, among all statements; undefined for one that Postgres parses each time
 */
export function prepared<Row extends Record<string, unknown>>(
  name: string | undefined,
  statement: SQL,
): (db: Database, values: Record<string, unknown>) => Promise<Row[]> {
  const query = dialect.sqlToQuery(statement);
  return async (db, values) => {
    // Drizzle names only statements of its query builder; its session, which is the pool or the transaction, can name any.
    const { session } = db as unknown as { session: PgSession };
    const { rows } = (await session.prepareQuery(query, undefined, name, false).execute(values)) as { rows: Row[] };
    return rows;
  };
}

/** Formats numbers as a Postgres array. The driver would quote each one, which takes longer than storing them. */
export function numbersOf(values: readonly (number | null | undefined)[]): string {
  return `{${values.map((value) => value ?? "null").join(",")}}`;
}
