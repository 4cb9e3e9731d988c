import { type BookRow, type PriceSegment, priceSegments } from "../../../serve/prices/price-segments.ts";
import { pairsOf } from "../prices/read-book.ts";

/**
 * Returns the price segments of everything in a book, in one currency: amounts in two currencies are never added.
 * @returns also whether anything was excluded because of its currency
 */
export function segmentsOf(
  book: readonly BookRow[],
  currency: string,
): { segments: PriceSegment[]; hasOtherCurrency: boolean } {
  const all = pairsOf(book).flatMap(({ item, variant }) => priceSegments(book, item, variant));
  const segments = all.filter((segment) => segment.currency === currency);
  return { segments, hasOtherCurrency: segments.length < all.length };
}
