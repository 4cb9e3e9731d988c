import type { Context } from "#server/base/context.ts";
import type { Rollout } from "../../serve/rollout/contract.ts";
import { evaluateEvidence } from "./evaluate-and-mark.ts";
import { type StoredRollout, summaryOf } from "./rollout-rows.ts";

/** A rollout with its evidence by the counts of now, for who was let in already. */
export async function loadRollout(ctx: Context, rollout: StoredRollout): Promise<Rollout> {
  const { plan, frozen, state, revision, evaluatedAt } = rollout;
  const { evidence } = await evaluateEvidence(ctx, rollout);
  return { ...summaryOf(rollout), plan, frozen, state, revision, evidence, evaluatedAt };
}
