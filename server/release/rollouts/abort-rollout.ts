import type { Context } from "#server/base/context.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { actOnRollout } from "./act-on-rollout.ts";
import { stateRolledBack } from "./machine/moves.ts";
import { versionNames } from "./rollout-rows.ts";

/**
 * Gives everything back to the version before, now and for good, in whatever phase the rollout is.
 * @throws DomainError "not-found"; "conflict" when it has changed or is over
 */
export function abortRollout(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "abortRollout", input, idempotencyKey, (_ctx, { rollout }) => ({
    state: stateRolledBack(rollout.state, []),
    deploys: rollout.phase === "watching" ? "stable" : null,
    decisions: [{ kind: "roll-back", code: "person", words: `Rolled back to ${versionNames(rollout).stable}.` }],
  }));
}
