import { type SQL, sql } from "drizzle-orm";
import type { DaySpan } from "./contract.ts";
import { daysOf, momentsOf, startOf } from "./days.ts";

/**
 * Returns the day of a range that contains an instant, as text. The starts of days are computed here and not by Postgres, whose time
 * zone database may differ: an instant belongs to the same day everywhere.
 */
export function dayInSql(instant: SQL, span: DaySpan): SQL {
  const days = daysOf(span);
  const starts = days.map((day) => new Date(startOf(day, span.timeZone)).toISOString());
  return sql`(${sql.param(days)}::text[])[width_bucket(${instant}, ${sql.param(starts)}::timestamptz[])]`;
}

/** Builds the condition that an instant lies within a range of days. */
export function withinDays(instant: SQL, span: DaySpan): SQL {
  const { from, to } = momentsOf(span);
  return sql`${instant} >= ${new Date(from).toISOString()}::timestamptz and ${instant} < ${new Date(to).toISOString()}::timestamptz`;
}
