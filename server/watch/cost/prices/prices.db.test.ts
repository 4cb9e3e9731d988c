import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { hourMs } from "#server/base/durations.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { pricesInForce } from "../../../serve/prices/prices-in-force.ts";
import { keepDefaultPrices } from "./default-prices.ts";
import { getPriceBook, hasPrice } from "./queries.ts";
import { setPrices } from "./set-prices.ts";

const euros = (amount: number, variant = "") => ({
  prices: [{ item: "core-hour" as const, amount, variant }],
  currency: "EUR",
  reason: "the bill of April",
});

test(
  "replaces a price, keeps both in the price book, and audits the reason",
  inWorkspace(async (ctx) => {
    await setPrices(ctx, { ...euros(0.04), from: new Date(Date.now() - 5 * hourMs) });
    await setPrices(ctx, euros(0.05));
    const { prices, currency } = await getPriceBook(ctx);
    expect(currency).toBe("EUR");
    expect(prices.map(({ amount, isInForce }) => [amount, isInForce])).toEqual([
      [0.05, true],
      [0.04, false],
    ]);
    expect((await pricesInForce(ctx.db)).get(ctx.actor.workspaceId)).toMatchObject([{ amount: 0.05 }]);
    const [event] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(event).toMatchObject({ action: "prices.set", subject: "price-book", reason: "the bill of April" });
  }),
);

test(
  "does not apply a price before its start",
  inWorkspace(async (ctx) => {
    await setPrices(ctx, { ...euros(0.04), from: new Date(Date.now() + 48 * hourMs) });
    expect((await getPriceBook(ctx)).prices).toMatchObject([{ isInForce: false }]);
    expect(await hasPrice(ctx)).toBe(false);
  }),
);

test(
  "applies the configured price to every workspace until the price book has one",
  inWorkspace(async (ctx) => {
    await keepDefaultPrices(ctx.db, { core: 0.03, gpu: 2, currency: "USD" });
    await keepDefaultPrices(ctx.db, { core: 0.03, gpu: undefined, currency: "USD" });
    expect((await getPriceBook(ctx)).prices).toMatchObject([
      { id: null, amount: 0.03, currency: "USD", isInForce: true },
    ]);
    expect(await hasPrice(await newWorkspace(ctx.db))).toBe(true);
    await expect(setPrices(ctx, euros(0.1, "large"))).rejects.toMatchObject({ code: "conflict" });
    await setPrices(ctx, euros(0.04));
    expect((await getPriceBook(ctx)).prices.map(({ amount, isInForce }) => [amount, isInForce])).toEqual([
      [0.04, true],
      [0.03, false],
    ]);
  }),
);

test(
  "rejects a second currency, negative prices, starts too far back and a member",
  inWorkspace(async (ctx) => {
    await setPrices(ctx, euros(0.04));
    const dollars = { ...euros(3), prices: [{ item: "gpu-hour" as const, amount: 3 }], currency: "USD" };
    await expect(setPrices(ctx, dollars)).rejects.toMatchObject({ code: "conflict" });
    await expect(setPrices(ctx, euros(-1))).rejects.toThrow("A price cannot be negative");
    const old = { ...euros(1), from: new Date("2020-01-01") };
    await expect(setPrices(ctx, old)).rejects.toMatchObject({ code: "invalid" });
    await expect(setPrices(as(ctx, "member"), euros(1))).rejects.toMatchObject({ code: "forbidden" });
    expect((await getPriceBook(as(ctx, "viewer"))).prices).toHaveLength(1);
  }),
);
