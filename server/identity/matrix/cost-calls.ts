import { listCostBudgets } from "#server/cost/budgets/queries.ts";
import { setCostBudget } from "#server/cost/budgets/set-cost-budget.ts";
import { getEndpointCosts } from "#server/cost/endpoint/queries.ts";
import { getPriceBook } from "#server/cost/prices/queries.ts";
import { setPrices } from "#server/cost/prices/set-prices.ts";
import { getCostPage, getCosts } from "#server/cost/report/queries.ts";
import { spendSummary } from "#server/cost/report/spend-summary.ts";
import { listSavings } from "#server/cost/savings/queries.ts";
import { dayMs } from "#server/durations.ts";
import type { Calls } from "./call.ts";

/** A week until now. */
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
