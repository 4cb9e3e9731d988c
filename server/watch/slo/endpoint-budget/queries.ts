import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { BudgetState } from "./contract.ts";
import { loadBudgetState } from "./load-budget-state.ts";

const GetBudget = z.object({ endpointId: z.uuid() });

/** Returns an endpoint's objectives, and their remaining error budgets. @throws DomainError "not-found" */
export async function getBudget(ctx: Context, input: z.input<typeof GetBudget>): Promise<BudgetState> {
  permit(ctx, "getBudget");
  return loadBudgetState(ctx, GetBudget.parse(input).endpointId);
}
