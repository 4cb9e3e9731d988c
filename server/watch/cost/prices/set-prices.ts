import { sql } from "drizzle-orm";
import { prices } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type PriceBook, SetPrices } from "../../../serve/prices/contract.ts";
import { priceAt } from "../../../serve/prices/price-segments.ts";
import { startOf } from "../spending/days.ts";
import { readPriceBook } from "./queries.ts";
import { pairsOf, readBook } from "./read-book.ts";

/** A year of hours is metered again when a price is set for the past; further back nothing was metered. */
const maxBackMs = 400 * 24 * hourMs;

/**
 * Adds rows to the price book. Spend is computed from usage and prices when it is read, so a price for the past changes past costs;
 * requests in the prediction log retain their original cost.
 * @throws DomainError "invalid" for a start too long ago; "conflict" for a second currency
 */
export async function setPrices(ctx: Context, input: SetPrices): Promise<PriceBook> {
  permit(ctx, "setPrices");
  const { prices: given, currency, fromDay, reason, ...rest } = SetPrices.parse(input);
  const from = fromDay === undefined ? (rest.from ?? new Date()) : startOf(fromDay, await workspaceTimeZone(ctx));
  const start = Math.floor(+from / hourMs) * hourMs;
  if (start < Date.now() - maxBackMs) {
    throw new DomainError("invalid", "A price can start at most 400 days ago; usage was not metered before.", {
      field: "from",
    });
  }
  const { workspaceId } = ctx.actor;
  return transact(ctx, async (ctx) => {
    // Two users setting two currencies concurrently would each find a book with a single currency.
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtext('prices'), hashtext(${workspaceId}))`);
    await refuseSecondCurrency(ctx, given, currency, start);
    const rows = given.map((price) => {
      return { ...price, workspaceId, currency, from: new Date(start), reason, createdBy: ctx.actor.name };
    });
    await ctx.db.insert(prices).values(rows);
    const after = { currency, from: new Date(start).toISOString(), prices: given };
    await record(ctx, "prices.set", { subject: "price-book", reason, after });
    await publish(ctx, "routes", "prices");
    await publish(ctx, "cost", "prices");
    return readPriceBook(ctx);
  });
}

/** Requires all other prices in effect at that time to be in the same currency, or to be set in the same request. */
async function refuseSecondCurrency(
  ctx: Context,
  given: readonly { item: string; variant: string }[],
  currency: string,
  start: number,
): Promise<void> {
  const book = await readBook(ctx);
  const isGiven = (item: string, variant: string) =>
    given.some((price) => price.item === item && price.variant === variant);
  for (const { item, variant } of pairsOf(book)) {
    const held = priceAt(book, item, variant, start);
    if (!held || isGiven(item, variant) || held.currency === currency) continue;
    const what = variant === "" ? item : `${item} of ${variant}`;
    const why = `The price of ${what} is in ${held.currency} at that time. Set all prices together to change the currency`;
    throw new DomainError("conflict", `${why}, or use ${held.currency} for this one.`, { field: "currency" });
  }
}
