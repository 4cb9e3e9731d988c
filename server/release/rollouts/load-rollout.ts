import type { Context } from "#server/base/context.ts";
import type { Rollout } from "../../serve/rollout/contract.ts";
import { decidedEvidence } from "./decided-evidence.ts";
import { evaluateEvidence } from "./evaluate-and-mark.ts";
import { latencyDifference } from "./latency-difference.ts";
import { hasEnded, type StoredRollout, summaryOf } from "./rollout-rows.ts";

/** Returns a rollout with evidence from the current counts, or with that which ended it. The caller has checked permissions. */
export async function loadRollout(ctx: Context, rollout: StoredRollout): Promise<Rollout> {
  const { plan, frozen, state, revision, evaluatedAt } = rollout;
  const decided = hasEnded(rollout) ? await decidedEvidence(ctx, rollout) : undefined;
  const evidence = decided ?? (await evaluateEvidence(ctx, rollout)).evidence;
  const p95 = await latencyDifference(ctx, rollout);
  const guardrails = evidence.guardrails.map((each) => (each.metric === "slow" && p95 ? { ...each, p95 } : each));
  return {
    ...summaryOf(rollout),
    plan,
    frozen,
    state,
    revision,
    evidence: { ...evidence, guardrails },
    evaluatedAt,
  };
}
