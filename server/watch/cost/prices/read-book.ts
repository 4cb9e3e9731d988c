import { asc, eq } from "drizzle-orm";
import { prices } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { PriceItem } from "../../../serve/prices/contract.ts";
import { type BookRow, defaultRows, priceAt } from "../../../serve/prices/price-segments.ts";
import { defaultPrices } from "./default-prices.ts";

/** Reads every price ever set in the workspace, preceded by the configured prices of the installation. */
export async function readBook(ctx: Context): Promise<BookRow[]> {
  const rows = await ctx.db
    .select()
    .from(prices)
    .where(eq(prices.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(prices.from), asc(prices.createdAt));
  const set = rows.map(({ item, variant, amount, currency, from, createdAt }) => {
    return { item: PriceItem.parse(item), variant, amount, currency, from: +from, createdAt: +createdAt };
  });
  return [...defaultRows(await defaultPrices(ctx.db)), ...set];
}

/** Returns the single currency of the prices in effect at a time; null when nothing has a price. @param at milliseconds since 1970 */
export function currencyAt(book: readonly BookRow[], at: number): string | null {
  const held = pairsOf(book).flatMap(({ item, variant }) => priceAt(book, item, variant, at) ?? []);
  return held.sort((a, b) => b.from - a.from)[0]?.currency ?? null;
}

/** Items and variants that a book names. */
export function pairsOf(book: readonly BookRow[]): { item: PriceItem; variant: string }[] {
  const pairs = new Map(book.map(({ item, variant }) => [JSON.stringify([item, variant]), { item, variant }]));
  return [...pairs.values()];
}
