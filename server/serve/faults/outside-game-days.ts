import { type SQL, sql } from "drizzle-orm";

/**
 * Returns the condition for predictions that no game day has affected. Affected ones represent nothing: they stay in the log, and count neither as
 * evidence nor as data to learn from (docs/spec/game-days.md).
 * @param table name or alias by which the statement reads predictions
 */
export function isOutsideGameDays(table = "predictions"): SQL {
  return sql`${sql.identifier(table)}.game_day_id is null`;
}
