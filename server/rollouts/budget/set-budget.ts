import { endpoints } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "#server/serving/lookups.ts";
import { type BudgetState, EndpointBudget, SetBudget } from "./contract.ts";
import { loadBudgetState } from "./load-budget-state.ts";

/**
 * Replaces what an endpoint promises. Rollouts neither start nor go on while its budget is exhausted, unless their plan ignores it.
 * @throws DomainError "not-found", "conflict" when it is archived
 */
export async function setBudget(ctx: Context, input: SetBudget): Promise<BudgetState> {
  permit(ctx, "setBudget");
  const { endpointId, budget, reason } = SetBudget.parse(input);
  return transact(ctx, async (ctx) => {
    const { name, budget: before } = await findLiveEndpoint(ctx, endpointId);
    const [changed] = await ctx.db.update(endpoints).set({ budget }).where(liveEndpoint(ctx, endpointId)).returning();
    if (!changed) throw archived(name);
    await record(ctx, "endpoint.budget-set", {
      subject: `endpoint/${name}`,
      before: EndpointBudget.parse(before),
      after: budget,
      reason: reason || undefined,
    });
    await publish(ctx, "endpoint", endpointId);
    return loadBudgetState(ctx, endpointId);
  });
}
