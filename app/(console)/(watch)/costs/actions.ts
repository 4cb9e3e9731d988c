"use server";

import { act } from "#app/_lib/action.ts";
import type { SetPrices } from "#server/serve/prices/contract.ts";
import type { SetCostBudget } from "#server/watch/cost/budgets/contract.ts";
import { setCostBudget } from "#server/watch/cost/budgets/set-cost-budget.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";

export async function setPricesAction(input: SetPrices) {
  return act(async (ctx) => {
    await setPrices(ctx, input);
  });
}

export async function setCostBudgetAction(input: SetCostBudget) {
  return act(async (ctx) => {
    await setCostBudget(ctx, input);
  });
}
