import { sql } from "drizzle-orm";
import type { Context } from "./context.ts";

/** Returns the milliseconds since 1970, on the clock that workers share. */
export async function databaseNow(db: Context["db"]): Promise<number> {
  const { rows } = await db.execute<{ now: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
  );
  return Math.round(rows[0]?.now ?? Date.now());
}
