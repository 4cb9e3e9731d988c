import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { sumTraffic } from "#server/serve/series/window-sums.ts";
import { quantileDifference } from "#server/stats/sequential/quantile-difference.ts";
import type { GuardrailEvidence } from "../../serve/rollout/evidence/contract.ts";
import { isSplit } from "./evidence/gate-counts.ts";
import type { StoredRollout } from "./rollout-rows.ts";

const share = 0.95;

/**
 * Compares the p95 of the latencies that both versions had in the current step, or in the last one before a rollback: in one step both
 * have the same share of every minute. Shown beside the share of slow responses, which decides.
 * @returns undefined where the plan does not watch slow responses, while nothing is split, and without measured requests
 */
export async function latencyDifference(ctx: Context, rollout: StoredRollout): Promise<GuardrailEvidence["p95"]> {
  const { plan, state, endpointId, endedAt } = rollout;
  const isCompared = state.phase === "stepping" || state.phase === "rolled-back";
  if (!isCompared || !isSplit(plan, state.step) || !plan.guardrails.some(({ metric }) => metric === "slow"))
    return undefined;
  const span = {
    endpointId,
    from: new Date(state.stepStartedAt),
    to: endedAt ?? new Date(Date.now()),
    only: sql`arm in ('stable', 'canary') and version_id in (${rollout.stableVersionId}, ${rollout.canaryVersionId})`,
  };
  const sums = await sumTraffic<"stable" | "canary">(ctx, span, "ten-minutes", sql`to_jsonb(arm)`);
  const latencies = (arm: "stable" | "canary") => sums.find(({ key }) => key === arm)?.latencies ?? {};
  const found = quantileDifference(latencies("stable"), latencies("canary"), share, plan.alpha);
  if (!found) return undefined;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { stable: found.baseline, canary: found.canary, low: finite(found.low), high: finite(found.high) };
}
