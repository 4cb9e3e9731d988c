import type { Context } from "#server/base/context.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { actOnRollout } from "./act-on-rollout.ts";
import { stateRolledBack } from "./machine/moves.ts";
import { versionNames } from "./rollout-rows.ts";

/**
 * Returns all traffic to the previous version, immediately and permanently, in any phase of the rollout.
 * @throws DomainError "not-found"; "conflict" when it has changed or has ended
 */
export function abortRollout(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "abortRollout", input, idempotencyKey, (_ctx, { rollout }) => ({
    state: stateRolledBack(rollout.state, []),
    deploys: rollout.phase === "watching" ? "stable" : null,
    decisions: [{ kind: "roll-back", code: "person", words: `Rolled back to ${versionNames(rollout).stable}.` }],
  }));
}
