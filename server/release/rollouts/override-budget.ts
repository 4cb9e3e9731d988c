import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { actOnRollout } from "./act-on-rollout.ts";
import { budgetHolds } from "./machine/hold.ts";

/**
 * Lets a rollout advance despite the error budgets of its endpoint, from now on.
 * @throws DomainError "not-found"; "conflict" when it has changed or has ended, or ignores the budget already
 */
export function overrideBudget(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "overrideBudget", input, idempotencyKey, (_ctx, { rollout: { state, plan } }) => {
    if (state.overridesBudget || plan.budget === "ignore")
      throw new DomainError("conflict", "The error budget is already ignored for this rollout.");
    const hold = budgetHolds.includes(state.hold?.code ?? "") ? null : state.hold;
    const words = "The error budget no longer blocks this rollout.";
    return {
      state: { ...state, overridesBudget: true, hold },
      decisions: [{ kind: "override", code: "budget-overridden", words }],
    };
  });
}
