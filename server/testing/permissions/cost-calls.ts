import { dayMs } from "#server/base/durations.ts";
import { listCostBudgets } from "#server/watch/cost/budgets/queries.ts";
import { setCostBudget } from "#server/watch/cost/budgets/set-cost-budget.ts";
import { getEndpointCosts } from "#server/watch/cost/endpoint/queries.ts";
import { getPriceBook } from "#server/watch/cost/prices/queries.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";
import { getCostPage, getCosts } from "#server/watch/cost/report/queries.ts";
import { spendSummary } from "#server/watch/cost/report/spend-summary.ts";
import { listSavings } from "#server/watch/cost/savings/queries.ts";
import type { Calls } from "./call.ts";

/** Returns the last seven days. */
const lately = () => ({ from: new Date(Date.now() - 7 * dayMs), to: new Date() });

/** Prices, usage, budgets. */
export const costCalls = {
  getPriceBook: (ctx) => getPriceBook(ctx),
  setPrices: (ctx) => setPrices(ctx, { prices: [{ item: "core-hour", amount: 0.05 }], currency: "EUR", reason: "new" }),
  getCostPage: (ctx) => getCostPage(ctx),
  getCosts: (ctx) => getCosts(ctx),
  getEndpointCosts: (ctx, { endpoint }) => getEndpointCosts(ctx, endpoint),
  listSavings: (ctx) => listSavings(ctx),
  spendSummary: (ctx) => spendSummary(ctx, lately()),
  listCostBudgets: (ctx) => listCostBudgets(ctx),
  setCostBudget: (ctx, { endpointId }) =>
    setCostBudget(ctx, { endpointId, amount: 100, currency: "EUR", reason: "new" }),
} as const satisfies Calls;
