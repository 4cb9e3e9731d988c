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
 * Writes new rows into the price book. What was spent is made of usage and prices when it is read, so a price for the past changes what the
 * past cost; requests that are in the prediction log keep the cost that they had.
 * @throws DomainError "invalid" for a beginning too long ago; "conflict" for a second currency
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
    // Two people with two currencies at once would both find the book in one.
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

/** What else will hold must be in the same currency, or be set together with it. */
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
