import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { priceAt } from "../../../serve/prices/price-segments.ts";
import type { DaySpan, StorageDay } from "./contract.ts";
import { lengthOfMonth, monthOf, startOf } from "./days.ts";

/** Reads the workspace's storage by day, at the price of a gigabyte (10⁹ bytes) per month, prorated to each day. */
export async function readStorageDays(
  ctx: Context,
  { from, to, timeZone }: DaySpan,
  book: readonly BookRow[],
  currency: string,
): Promise<StorageDay[]> {
  const { rows } = await ctx.db.execute<{ day: string; kind: string; bytes: number }>(sql`
    select to_char(day, 'YYYY-MM-DD') as day, kind, bytes::float8 as bytes from storage_days
    where workspace_id = ${ctx.actor.workspaceId} and day >= ${from}::date and day < ${to}::date order by 1, 2`);
  return rows.map(({ day, kind, bytes }) => {
    const price = priceAt(book, "gb-month", "", startOf(day, timeZone));
    const amount = price?.currency === currency ? price.amount : 0;
    return { day, kind, bytes, cost: ((bytes / 1e9) * amount) / lengthOfMonth(monthOf(day)) };
  });
}
