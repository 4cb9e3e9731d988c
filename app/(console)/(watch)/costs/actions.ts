"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { requestRetraining } from "#server/improve/retraining/cycles/request-retraining.ts";
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

/** Makes a variant of a version by a cycle of its model's policy. @param input.template null: the quantisation that comes with Leeway */
export async function makeVariantAction(input: {
  model: string;
  version: number;
  template: string | null;
  reason: string;
}) {
  return act(async (ctx) => {
    const { model, version, template, reason } = input;
    const variant = template
      ? { template }
      : {
          template: (await runtime().installTemplate(ctx, { template: "quantise", source: { name: model, version } }))
            .name,
          dataset: "calibration",
        };
    return { number: (await requestRetraining(ctx, { model, reason, variant })).cycle.number };
  });
}
