import { z } from "zod";

/** What has a price: an hour of a core or of a GPU, a gigabyte kept for a month, a request to an engine elsewhere. */
export const priceItems = ["core-hour", "gpu-hour", "gb-month", "engine-request"] as const;
export const PriceItem = z.enum(priceItems);
export type PriceItem = z.infer<typeof PriceItem>;

/** A three-letter code of ISO 4217. */
export const Currency = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, "Enter a three-letter currency code, such as EUR, USD or GBP.");

/** A price from an instant on. It holds until another row of the same item and variant takes its place. */
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
  /** Whether it holds now. */
  isInForce: z.boolean(),
});
export type Price = z.infer<typeof Price>;

export const PriceBook = z.object({
  /** Of the prices that hold now; null without any. */
  currency: z.string().nullable(),
  /** Newest first within an item and variant. */
  prices: z.array(Price),
  /** Variants that were metered in the last 90 days, for each item, so that one knows what can have a price of its own. */
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

/** New prices from a full hour on. All prices that hold must be in one currency: to change it, set all of them at once. */
export const SetPrices = z.object({
  prices: z.array(OnePrice).min(1, "Specify at least one price.").max(200),
  currency: Currency,
  /** When they begin; now when left out. The hour in which it lies is the first one. */
  from: z.coerce.date().optional(),
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

/** What an installation is configured with, where a workspace's book has no row: PRICE_CORE_HOUR, PRICE_GPU_HOUR, PRICE_CURRENCY. */
export interface DefaultPrices {
  core: number | undefined;
  gpu: number | undefined;
  currency: string;
}
