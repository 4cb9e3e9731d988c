import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { currencyAt, readBook } from "../prices/read-book.ts";
import type { DaySpan, DaySpend, StorageDay, TrainingSpend } from "./contract.ts";
import { momentsOf } from "./days.ts";
import { readStorageDays } from "./read-storage.ts";
import { readTraining } from "./read-training.ts";
import { readUsageDays } from "./read-usage.ts";
import { segmentsOf } from "./segments-of.ts";

/** All that was spent in a span of days, in one currency. */
export interface Ledger {
  /** Currency of the prices in effect at the end of the range; null without any price, in which case nothing has a cost. */
  currency: string | null;
  book: BookRow[];
  /** Time zone of the days. */
  timeZone: string;
  /** Whether prices in another currency were in effect for part of the range, whose usage has no cost here. */
  hasOtherCurrency: boolean;
  usage: DaySpend[];
  storage: StorageDay[];
  training: TrainingSpend[];
}

/** Reads the ledger of a range. @param span whose last days may be in the future @param now milliseconds since 1970 */
export async function readLedger(ctx: Context, span: DaySpan, now: number): Promise<Ledger> {
  const book = await readBook(ctx);
  const currency = currencyAt(book, Math.min(now, momentsOf(span).to - 1));
  const { segments, hasOtherCurrency } = segmentsOf(book, currency ?? "");
  const [usage, storage, training] = await sideBySide(ctx, [
    () => readUsageDays(ctx, span, segments),
    () => readStorageDays(ctx, span, book, currency ?? ""),
    () => readTraining(ctx, span, book, currency ?? ""),
  ]);
  return { currency, book, timeZone: span.timeZone, hasOtherCurrency, usage, storage, training };
}

/** Cuts a ledger to a shorter range of days; both ranges reach up to now. */
export function cutLedger(ledger: Ledger, { from, to }: Pick<DaySpan, "from" | "to">): Ledger {
  const within = <Row extends { day: string }>(rows: readonly Row[]) =>
    rows.filter(({ day }) => day >= from && day < to);
  const { usage, storage, training } = ledger;
  return { ...ledger, usage: within(usage), storage: within(storage), training: within(training) };
}

/** Returns the time up to which usage was metered; null when it never was. */
export async function meteredUntil(ctx: Context): Promise<Date | null> {
  const { rows } = await ctx.db.execute<{ at: number | null }>(sql`
    select (extract(epoch from max(hour + make_interval(mins => 60 - least(59, position('1' in minutes_up::bit(60)::text) - 1)))) * 1000)::float8 as at
    from machine_hours where hour > now() - interval '30 days'`);
  const at = rows[0]?.at;
  // The minute recorded last is still in progress.
  return at == null ? null : new Date(Math.min(at, Date.now()));
}
