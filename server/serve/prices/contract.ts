import { z } from "zod";
import { Instant } from "#server/base/instant.ts";

/** Items with a price: an hour of a core or of a GPU, a gigabyte stored for a month, a request to an engine elsewhere. */
export const priceItems = ["core-hour", "gpu-hour", "gb-month", "engine-request"] as const;
export const PriceItem = z.enum(priceItems);
export type PriceItem = z.infer<typeof PriceItem>;

/** A three-letter code of ISO 4217. */
export const Currency = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, "Enter a three-letter currency code, such as EUR, USD or GBP.");

/** A price from an instant on. It applies until another row of the same item and variant replaces it. */
export const Price = z.object({
  /** Null for a price out of the configuration, which holds while the book has none. */
  id: z.uuid().nullable(),
  item: PriceItem,
  /** Kind of machine (MACHINE_KIND), name of a GPU, name of an engine; "" for all that no other row names. */
  variant: z.string(),
  amount: z.number(),
  currency: z.string(),
  /** Null for a price out of the configuration: as long as the book has none. */
  from: z.date().nullable(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date().nullable(),
  /** Whether it is in effect now. */
  isInForce: z.boolean(),
});
export type Price = z.infer<typeof Price>;

export const PriceBook = z.object({
  /** Currency of the prices in effect; null without any. */
  currency: z.string().nullable(),
  /** Newest first within an item and variant. */
  prices: z.array(Price),
  /** Variants metered in the last 90 days, for each item: the candidates for a separate price. */
  variants: z.record(PriceItem, z.array(z.string())),
});
export type PriceBook = z.infer<typeof PriceBook>;

const OnePrice = z.object({
  item: PriceItem,
  variant: z.string().trim().max(200).default(""),
  amount: z
    .number("Enter a number.")
    .min(0, "A price cannot be negative.")
    .max(1e9, "A price is at most 1,000,000,000."),
});

/** New prices from a full hour on. All prices in effect must be in one currency: to change it, set all of them together. */
export const SetPrices = z.object({
  prices: z.array(OnePrice).min(1, "Specify at least one price.").max(200),
  currency: Currency,
  /** Start of their validity; now when left out. The hour that contains it is the first one. */
  from: Instant.optional(),
  /** Instead of it: the first moment of a day in the time zone of the workspace. */
  fromDay: z.iso.date().optional(),
  reason: z.string("Enter a reason.").trim().min(1, "Enter a reason.").max(2000),
});
export type SetPrices = z.input<typeof SetPrices>;

/** A price that holds at some moment. */
export interface PriceInForce {
  item: PriceItem;
  variant: string;
  amount: number;
  currency: string;
}

/** Configured prices of the installation, for workspaces whose price book has no row: PRICE_CORE_HOUR, PRICE_GPU_HOUR, PRICE_CURRENCY. */
export interface DefaultPrices {
  core: number | undefined;
  gpu: number | undefined;
  currency: string;
}
