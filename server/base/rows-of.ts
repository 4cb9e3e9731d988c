import { z } from "zod";

// What a statement written in SQL returns has no type. Its rows are checked here, where they come in, and never cast. `execute<Row>()`,
// which only claims a type, is for a few columns that the same function consumes, and for the hot paths of tracking, telemetry and
// serving, where a check of each row would cost more than the query. Counts and other int8 arrive as numbers (db/client.ts);
// statements return numeric as float8, and times as milliseconds or text.

interface Result {
  rows: readonly unknown[];
}

/** Rows of a statement written in SQL, each checked. @throws Error when a column is missing or of another type */
export function rowsOf<Schema extends z.ZodType>(schema: Schema, { rows }: Result): z.output<Schema>[] {
  return rows.map((row) => checked(schema, row));
}

/** The row of a statement that always returns one, such as a count. @throws Error as rowsOf, and without a row */
export function rowOf<Schema extends z.ZodType>(schema: Schema, { rows }: Result): z.output<Schema> {
  return checked(schema, rows[0]);
}

/**
 * The same as rowsOf for statements that return many rows: only the first one is checked, since all rows of a statement have the same
 * columns. The schema must leave values as they are.
 */
export function rowsLikeFirst<Schema extends z.ZodType>(schema: Schema, { rows }: Result): z.output<Schema>[] {
  if (rows.length > 0) checked(schema, rows[0]);
  return rows as z.output<Schema>[];
}

function checked<Schema extends z.ZodType>(schema: Schema, row: unknown): z.output<Schema> {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  // Not the ZodError itself, which says that a caller's input is invalid.
  throw new Error(`A statement returned unexpected rows. ${z.prettifyError(result.error)}`);
}
