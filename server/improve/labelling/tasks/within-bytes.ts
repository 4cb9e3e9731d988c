import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

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

/** Bytes of data after which a page of tasks ends. */
const pageBytes = 16_000_000;

const PageRow = z.object({ id: z.number(), total: z.number() });

/**
 * Chooses the tasks of a page, so that long ones do not fill the memory.
 * @param where condition on label_tasks @returns their ids, and the id to continue after; null on the last page
 */
export async function pageOfTasks(
  { db }: Context,
  { where, limit }: { where: SQL | undefined; limit: number },
): Promise<{ ids: number[]; next: number | null }> {
  // Sizes of what the page has only: with them in the inner statement, Postgres may measure every task before it sorts.
  const page = sql`
    select task.id, octet_length(task.data::text) + coalesce(octet_length(task.meta::text), 0) as size, count(*) over ()::int as total
    from (select ${labelTasks.id} from ${labelTasks} where ${where} order by ${labelTasks.id} limit ${limit}) as page
    join label_tasks as task on task.id = page.id`;
  const rows = rowsOf(PageRow, await db.execute(withinBytes(page, sql`size`, pageBytes)));
  const ids = rows.map(({ id }) => id);
  const isLast = ids.length < limit && ids.length === (rows[0]?.total ?? 0);
  return { ids, next: isLast ? null : (ids.at(-1) ?? null) };
}
