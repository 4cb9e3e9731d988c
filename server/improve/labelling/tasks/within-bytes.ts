import { type SQL, sql } from "drizzle-orm";

/**
 * Cuts a page of rows with an `id` after the row with which it has so many bytes, so that long rows do not fill the memory. It has at least one row
 * unless there are none, so an empty page is the last one.
 * @param rows statement of the page, in the order of its ids with a limit @param size bytes of a row of it
 */
export function withinBytes(rows: SQL, size: SQL, maxBytes: number): SQL {
  return sql`select * from (
      select *, sum(${size}) over (order by id rows unbounded preceding) - ${size} as bytes_before from (${rows}) as next
    ) as measured where bytes_before < ${maxBytes} order by id`;
}
