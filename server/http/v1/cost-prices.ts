import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { PriceBook, SetPrices } from "#server/serve/prices/contract.ts";
import { CostBudget, SetCostBudget } from "#server/watch/cost/budgets/contract.ts";
import { listCostBudgets } from "#server/watch/cost/budgets/queries.ts";
import { setCostBudget } from "#server/watch/cost/budgets/set-cost-budget.ts";
import { getPriceBook } from "#server/watch/cost/prices/queries.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";
import { route } from "./route.ts";

/** Registers the routes for prices and budgets. */
export function costPrices(app: FastifyInstance): void {
  const book = { summary: "Get the price book with its history", response: PriceBook };
  route(app, { method: "GET", path: "/prices", ...book }, ({ ctx }) => getPriceBook(ctx));
  const set = {
    summary: "Set prices starting at a given hour",
    body: SetPrices,
    response: PriceBook,
    status: 201 as const,
  };
  route(app, { method: "POST", path: "/prices", ...set }, ({ ctx, body }) => setPrices(ctx, body));
  const Budgets = z.object({ budgets: z.array(CostBudget) });
  const list = { summary: "List monthly budgets, newest first", response: Budgets };
  route(app, { method: "GET", path: "/cost-budgets", ...list }, async ({ ctx }) => {
    const { budgets } = await listCostBudgets(ctx);
    return { budgets };
  });
  const budget = {
    summary: "Set a monthly budget for the workspace, an endpoint or a team",
    body: SetCostBudget,
    response: CostBudget,
    status: 201 as const,
  };
  route(app, { method: "POST", path: "/cost-budgets", ...budget }, ({ ctx, body }) => setCostBudget(ctx, body));
}
