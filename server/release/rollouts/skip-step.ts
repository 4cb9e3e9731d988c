import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { percent } from "#server/base/format-number.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import type { ActOnRollout, Rollout } from "../../serve/rollout/contract.ts";
import { type Act, type Acting, actOnRollout } from "./act-on-rollout.ts";
import type { Decided } from "./machine/evaluated.ts";
import { stateAt } from "./machine/moves.ts";
import { gatedChange, versionNames } from "./rollout-rows.ts";

/**
 * Advances to the next step immediately, to 100% after the last one, or ends monitoring: without waiting for a verdict, but not against a
 * regression found.
 * @throws DomainError "not-found"; "conflict" if it has changed or ended, is paused, is still starting, its sample ratio is wrong, its
 * evidence cannot be evaluated, or an error budget of the endpoint blocks changes
 */
export function skipStep(ctx: Context, input: ActOnRollout, idempotencyKey?: string): Promise<Rollout> {
  return actOnRollout(ctx, "skipStep", input, idempotencyKey, async (ctx, acting) => {
    const { rollout } = acting;
    const { plan, state } = rollout;
    refuseSkip(acting);
    if (state.phase === "watching") return endWatch(acting);
    if (plan.budget === "respect" && !state.overridesBudget) {
      const { allow, reason } = await loadBudgetGate(ctx, rollout.endpointId, gatedChange(rollout));
      if (!allow) throw new DomainError("conflict", `${reason} Override the error budget for this rollout first.`);
    }
    const next = stateAt({ plan, state, now: acting.now }, state.step + 1);
    const deploys: Decided["deploys"] = next.phase === "stepping" ? null : "canary";
    const words = `Skipped from ${percent(state.weight)} to ${percent(next.weight)}.`;
    return { state: next, deploys, decisions: [{ kind: "skip", code: deploys ? "promoted" : "advanced", words }] };
  });
}

function refuseSkip({ rollout: { state }, seen }: Acting): void {
  if (state.phase === "starting")
    throw new DomainError("conflict", "Gateways are still loading the new version. Wait, or roll back.");
  if (state.isPaused) throw new DomainError("conflict", "The rollout is paused. Resume it first.");
  if (!seen)
    throw new DomainError(
      "conflict",
      "The evidence cannot be evaluated, so the effect of skipping is unknown. Roll back instead.",
    );
  const { maxLogE, logThreshold } = seen.evidence.srm;
  if (state.phase === "stepping" && maxLogE >= logThreshold) {
    const what = "The new version did not receive its configured share of units, so the versions cannot be compared.";
    throw new DomainError("conflict", `${what} Roll back, and start again once routing is fixed.`);
  }
}

function endWatch({ rollout }: Acting): Act {
  const words = `${versionNames(rollout).canary} promoted: monitoring was stopped early.`;
  return {
    state: { ...rollout.state, phase: "promoted", hold: null },
    decisions: [{ kind: "skip", code: "completed", words }],
  };
}
