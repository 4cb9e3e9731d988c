import { type BookRow, type PriceSegment, priceSegments } from "../../../serve/prices/price-segments.ts";
import { pairsOf } from "../prices/read-book.ts";

/**
 * What held when for all that a book names, in one currency: money of two currencies is never added.
 * @returns also whether something was left out for its currency
 */
export function segmentsOf(
  book: readonly BookRow[],
  currency: string,
): { segments: PriceSegment[]; hasOtherCurrency: boolean } {
  const all = pairsOf(book).flatMap(({ item, variant }) => priceSegments(book, item, variant));
  const segments = all.filter((segment) => segment.currency === currency);
  return { segments, hasOtherCurrency: segments.length < all.length };
}
