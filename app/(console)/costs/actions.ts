"use server";

import { act } from "#app/_lib/action.ts";
import type { SetCostBudget } from "#server/cost/budgets/contract.ts";
import { setCostBudget } from "#server/cost/budgets/set-cost-budget.ts";
import type { SetPrices } from "#server/cost/prices/contract.ts";
import { setPrices } from "#server/cost/prices/set-prices.ts";

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
