import { type SQL, sql } from "drizzle-orm";
import type { DaySpan } from "./contract.ts";
import { daysOf, momentsOf, startOf } from "./days.ts";

/**
 * The day of a span in which an instant lies, as text. Where days begin is reckoned here and not by Postgres, whose list of time zones may
 * be another one: the same moment is in the same day everywhere.
 */
export function dayInSql(instant: SQL, span: DaySpan): SQL {
  const days = daysOf(span);
  const starts = days.map((day) => new Date(startOf(day, span.timeZone)).toISOString());
  return sql`(${sql.param(days)}::text[])[width_bucket(${instant}, ${sql.param(starts)}::timestamptz[])]`;
}

/** Whether an instant lies in a span of days. */
export function withinDays(instant: SQL, span: DaySpan): SQL {
  const { from, to } = momentsOf(span);
  return sql`${instant} >= ${new Date(from).toISOString()}::timestamptz and ${instant} < ${new Date(to).toISOString()}::timestamptz`;
}
