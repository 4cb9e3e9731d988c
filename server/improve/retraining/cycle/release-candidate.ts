import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { refuseWhileRollingOut } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { refuseWhileFrozen } from "#server/watch/slo/freezes/refuse-while-frozen.ts";
import type { FoundCycle } from "./lock-cycle.ts";

/**
 * Starts the rollout of a cycle's candidate, in the transaction that notes it, unless something stands against it that passes by itself: a rollout, a
 * freeze or an error budget of the endpoint, or that gateways hold none of its versions. A person may override these; a policy waits.
 * @returns the rollout, or what it waits for. @throws DomainError as startRollout
 */
export async function releaseCandidate(
  ctx: Context,
  cycle: FoundCycle,
): Promise<{ rolloutId: string } | { waitsFor: string }> {
  const waitsFor = await reasonToWait(ctx, cycle);
  if (waitsFor !== null) return { waitsFor };
  const { id } = await startRollout(ctx, {
    endpointId: cycle.endpointId,
    model: cycle.model,
    version: cycle.candidateVersion ?? 0,
    plan: cycle.plan.release.plan,
    reason: `Retraining cycle ${cycle.number} of ${cycle.model}`,
  });
  return { rolloutId: id };
}

async function reasonToWait(ctx: Context, { endpointId, plan }: FoundCycle): Promise<string | null> {
  const endpoint = await findLiveEndpoint(ctx, endpointId);
  if (endpoint.unloadedAt) return `"${endpoint.name}" is unloaded. Load it first.`;
  const refusals = [
    () => refuseWhileRollingOut(ctx, endpointId, "roll out the candidate"),
    () => refuseWhileFrozen(ctx, { endpointId, purpose: "change", overrides: false }),
  ];
  for (const refuse of refusals) {
    const words = await messageOf(refuse);
    if (words !== null) return words;
  }
  if (plan.release.plan.budget !== "respect") return null;
  const gate = await loadBudgetGate(ctx, endpointId, { kind: "rollout", purpose: "change" });
  return gate.allow ? null : gate.reason;
}

async function messageOf(refuse: () => Promise<void>): Promise<string | null> {
  try {
    await refuse();
    return null;
  } catch (error) {
    if (error instanceof DomainError && error.code === "conflict") return error.message;
    throw error;
  }
}
