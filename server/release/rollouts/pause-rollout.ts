import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { percent } from "#server/base/format-number.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { actOnRollout } from "./act-on-rollout.ts";

/**
 * Pauses a rollout until it is resumed. A regression still rolls it back, and evidence is still collected.
 * @throws DomainError "not-found"; "conflict" when it has changed, has ended, or is paused already
 */
export function pauseRollout(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "pauseRollout", input, idempotencyKey, (_ctx, { rollout: { state }, now }) => {
    if (state.isPaused) throw new DomainError("conflict", "The rollout is already paused.");
    const where =
      state.phase === "starting"
        ? "before the first step"
        : state.phase === "watching"
          ? "during monitoring"
          : `at ${percent(state.weight)}`;
    const words = `Paused ${where}.`;
    return {
      state: { ...state, isPaused: true, hold: { code: "paused", words, since: now } },
      decisions: [{ kind: "pause", code: "paused", words }],
    };
  });
}
