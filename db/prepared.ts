import type { SQL } from "drizzle-orm";
import { PgDialect, type PgSession } from "drizzle-orm/pg-core";
import type { Database } from "./client.ts";

// As in client.ts.
const dialect = new PgDialect({ casing: "snake_case" });

/**
 * A statement that Postgres parses once per connection and that is written as text once per process, for what is run hundreds of
 * times a second. Its values are `sql.placeholder("name")`.
 * @param name one for each text, among all statements.
 */
export function prepared<Row extends Record<string, unknown>>(
  name: string,
  statement: SQL,
): (db: Database, values: Record<string, unknown>) => Promise<Row[]> {
  const query = dialect.sqlToQuery(statement);
  return async (db, values) => {
    // Drizzle names only what its query builder made; its session, which is the pool or the transaction, can do it for all.
    const { session } = db as unknown as { session: PgSession };
    const { rows } = (await session.prepareQuery(query, undefined, name, false).execute(values)) as { rows: Row[] };
    return rows;
  };
}

/** An array of numbers as Postgres reads it. The driver quotes each, which takes longer than to store them. */
export function numbersOf(values: readonly (number | null | undefined)[]): string {
  return `{${values.map((value) => value ?? "null").join(",")}}`;
}
