import { desc, eq, sql } from "drizzle-orm";
import { prices } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Price, type PriceBook, PriceItem, priceItems } from "../../../serve/prices/contract.ts";
import { defaultRows } from "../../../serve/prices/price-segments.ts";
import { defaultPrices } from "./default-prices.ts";
import { currencyAt, readBook } from "./read-book.ts";

/** Returns the price book with its history, and the metered variants that could have a separate price. */
export async function getPriceBook(ctx: Context): Promise<PriceBook> {
  permit(ctx, "getPriceBook");
  return readPriceBook(ctx);
}

/** Whether anything has a price now. For callers that act on behalf of the complete product. */
export async function hasPrice(ctx: Context, now = Date.now()): Promise<boolean> {
  return currencyAt(await readBook(ctx), now) !== null;
}

/** Reads the price book for commands, which check other permissions. */
export async function readPriceBook(ctx: Context, now = Date.now()): Promise<PriceBook> {
  const rows = await ctx.db
    .select()
    .from(prices)
    .where(eq(prices.workspaceId, ctx.actor.workspaceId))
    .orderBy(prices.item, prices.variant, desc(prices.from), desc(prices.createdAt));
  const current = new Set<string>();
  const set = rows.map((row): Price => {
    const { id, variant, amount, currency, from, reason, createdBy, createdAt } = row;
    const key = `${row.item} ${variant}`;
    const isInForce = +from <= now && !current.has(key);
    if (isInForce) current.add(key);
    return {
      id,
      item: PriceItem.parse(row.item),
      variant,
      amount,
      currency,
      from,
      reason,
      createdBy,
      createdAt,
      isInForce,
    };
  });
  const configured = defaultRows(await defaultPrices(ctx.db)).map(({ item, variant, amount, currency }): Price => {
    const isInForce = !current.has(`${item} `);
    const reason = "From the configuration; applies until a price is set";
    return {
      id: null,
      item,
      variant,
      amount,
      currency,
      from: null,
      reason,
      createdBy: "configuration",
      createdAt: null,
      isInForce,
    };
  });
  return {
    currency: currencyAt(await readBook(ctx), now),
    prices: [...set, ...configured].sort((a, b) => priceItems.indexOf(a.item) - priceItems.indexOf(b.item)),
    variants: await meteredVariants(ctx),
  };
}

async function meteredVariants(ctx: Context): Promise<PriceBook["variants"]> {
  const { rows } = await ctx.db.execute<{ item: PriceItem; variant: string }>(sql`
    with used as (
      select distinct provider, machine from usage_hours
      where workspace_id = ${ctx.actor.workspaceId} and hour > now() - interval '90 days'
    ), had as (
      select distinct kind, gpu_kind from machine_hours
      where hour > now() - interval '90 days' and machine in (select machine from used)
    )
    select 'core-hour' as item, kind as variant from had where kind <> ''
    union select 'gpu-hour', gpu_kind from had where gpu_kind <> ''
    union select 'engine-request', substr(provider, 8) from used where provider like 'remote %'
    order by 1, 2`);
  const of = (item: PriceItem) => rows.filter((row) => row.item === item).map(({ variant }) => variant);
  return Object.fromEntries(priceItems.map((item) => [item, of(item)])) as PriceBook["variants"];
}
