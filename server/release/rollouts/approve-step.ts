import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { percent } from "#server/base/format-number.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { actOnRollout } from "./act-on-rollout.ts";

/**
 * Approves the current step of a rollout, which then advances once its evidence allows that. An approval in advance avoids the wait for it.
 * @throws DomainError "not-found"; "conflict" if it has changed or ended, or its step needs no approval or has one
 */
export function approveStep(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "approveStep", input, idempotencyKey, (_ctx, { rollout: { state, plan } }) => {
    if (state.phase !== "stepping" || !plan.steps[state.step]?.needsApproval)
      throw new DomainError("conflict", "The current step does not require approval.");
    if (state.approvedSteps.includes(state.step))
      throw new DomainError("conflict", "This step has already been approved.");
    const hold = state.hold?.code === "needs-approval" ? null : state.hold;
    return {
      state: { ...state, approvedSteps: [...state.approvedSteps, state.step], hold },
      decisions: [{ kind: "approve", code: "approved", words: `Approved to continue after ${percent(state.weight)}.` }],
    };
  });
}
