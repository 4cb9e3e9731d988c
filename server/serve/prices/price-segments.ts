import type { DefaultPrices, PriceInForce, PriceItem } from "./contract.ts";

/** A row of the book; times in milliseconds since 1970. */
export interface BookRow extends PriceInForce {
  from: number;
  createdAt: number;
}

/** A stretch of time in which one price holds; `to` is open-ended for the last one. */
export interface PriceSegment extends PriceInForce {
  from: number;
  to: number;
}

/** Returns the rows for the configured prices: in effect forever, and before any row of a price book. */
export function defaultRows({ core, gpu, currency }: DefaultPrices): BookRow[] {
  const since = { variant: "", currency, from: Number.NEGATIVE_INFINITY, createdAt: Number.NEGATIVE_INFINITY };
  return [
    ...(core === undefined ? [] : [{ ...since, item: "core-hour" as const, amount: core }]),
    ...(gpu === undefined ? [] : [{ ...since, item: "gpu-hour" as const, amount: gpu }]),
  ];
}

/**
 * Returns the prices in effect over time for an item and variant: the row of the variant with the latest start, of several with the
 * same start the one that was written last; while the variant has none of its own, that of "".
 * @param rows of any items, in any order
 * @returns in order of time, without gaps between a segment and the next unless no price was in effect there
 */
export function priceSegments(rows: readonly BookRow[], item: PriceItem, variant: string): PriceSegment[] {
  const general = rows.filter((row) => row.item === item && row.variant === "");
  const own = variant === "" ? [] : rows.filter((row) => row.item === item && row.variant === variant);
  const starts = [...new Set([...general, ...own].map(({ from }) => from))].sort((a, b) => a - b);
  return starts.flatMap((from, at) => {
    const row = heldAt(own, from) ?? heldAt(general, from);
    const to = starts[at + 1] ?? Number.POSITIVE_INFINITY;
    return row ? [{ item, variant, amount: row.amount, currency: row.currency, from, to }] : [];
  });
}

/** Returns the price in effect at a time for an item and variant, as priceSegments. */
export function priceAt(rows: readonly BookRow[], item: PriceItem, variant: string, at: number): BookRow | undefined {
  const ofItem = rows.filter((row) => row.item === item);
  const own =
    variant === ""
      ? undefined
      : heldAt(
          ofItem.filter((row) => row.variant === variant),
          at,
        );
  return (
    own ??
    heldAt(
      ofItem.filter((row) => row.variant === ""),
      at,
    )
  );
}

function heldAt(rows: readonly BookRow[], at: number): BookRow | undefined {
  return rows
    .filter(({ from }) => from <= at)
    .reduce<BookRow | undefined>((best, row) => (best && isLater(best, row) ? best : row), undefined);
}

function isLater(a: BookRow, b: BookRow): boolean {
  return a.from > b.from || (a.from === b.from && a.createdAt > b.createdAt);
}

/** Returns the price of a variant among those in effect, else that of "". */
export function pickPrice(held: readonly PriceInForce[], item: PriceItem, variant: string): PriceInForce | undefined {
  const ofItem = held.filter((price) => price.item === item);
  return ofItem.find((price) => price.variant === variant) ?? ofItem.find((price) => price.variant === "");
}
