import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

const batchRows = 10_000;
type RowsTable = "feature_latest" | "feature_arrivals";

/** Deletes rows of views that were deleted, or whose keys changed, batch by batch. @returns the number of deleted rows */
export async function deleteOrphanedRows(db: Database, table: RowsTable): Promise<number> {
  let deleted = 0;
  for (const number of await orphanedNumbers(db, table)) {
    for (;;) {
      const { rowCount } = await db.execute(sql`
        delete from ${sql.identifier(table)} where ctid = any(array(
          select ctid from ${sql.identifier(table)} where view_number = ${number} limit ${batchRows})) and view_number = ${number}`);
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) === 0) break;
    }
  }
  return deleted;
}

/** Numbers that rows have and no view has. The index is entered once per number. */
async function orphanedNumbers(db: Database, table: RowsTable): Promise<number[]> {
  const rows = sql.identifier(table);
  const result = await db.execute(sql`
    with recursive numbers as (
      (select view_number from ${rows} order by view_number limit 1)
      union all
      select (select r.view_number from ${rows} r where r.view_number > numbers.view_number order by r.view_number limit 1)
      from numbers where numbers.view_number is not null
    )
    select view_number as number from numbers
    where view_number is not null and not exists (select from feature_views where number = numbers.view_number)`);
  return rowsOf(z.object({ number: z.number() }), result).map(({ number }) => number);
}
