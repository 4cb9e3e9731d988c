import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { actOnRollout } from "./act-on-rollout.ts";

/** Resumes a paused rollout. @throws DomainError "not-found"; "conflict" if it has changed, has ended, or is not paused */
export function resumeRollout(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "resumeRollout", input, idempotencyKey, (_ctx, { rollout: { state } }) => {
    if (!state.isPaused) throw new DomainError("conflict", "The rollout is not paused.");
    const hold = state.hold?.code === "paused" ? null : state.hold;
    return {
      state: { ...state, isPaused: false, hold },
      decisions: [{ kind: "resume", code: "resumed", words: "Resumed." }],
    };
  });
}
