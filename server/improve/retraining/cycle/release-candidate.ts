import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { refuseWhileRollingOut } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { findObstacles } from "#server/release/rollouts/start-choices/find-obstacles.ts";
import type { StartGuard } from "#server/release/rollouts/start-choices/start-guard.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { refuseWhileFrozen } from "#server/watch/slo/freezes/refuse-while-frozen.ts";
import type { FoundCycle } from "./lock-cycle.ts";

/**
 * Starts the rollout of a cycle's candidate, in the transaction that notes it, unless something is against it that passes: an open incident, a rollout,
 * a freeze or an error budget of the endpoint, what speaks against the candidate, or that gateways hold none of its versions. A person may override
 * these; a policy never does, and waits.
 * @returns the rollout, or what it waits for. @throws DomainError as startRollout
 */
export async function releaseCandidate(
  ctx: Context,
  cycle: FoundCycle,
  guard: StartGuard,
): Promise<{ rolloutId: string } | { waitsFor: string }> {
  const waitsFor = await reasonToWait(ctx, cycle, guard);
  if (waitsFor !== null) return { waitsFor };
  const input = {
    endpointId: cycle.endpointId,
    model: cycle.model,
    version: cycle.candidateVersion ?? 0,
    plan: cycle.plan.release.plan,
    reason: `Retraining cycle ${cycle.number} of ${cycle.model}`,
  };
  try {
    const { id } = await transact(ctx, (ctx) => startRollout(ctx, input, undefined, guard));
    return { rolloutId: id };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
    // An incident that opened since the first look holds the start, and must not cost the candidate.
    const since = await reasonToWait(ctx, cycle, guard);
    if (since === null) throw error;
    return { waitsFor: since };
  }
}

async function reasonToWait(
  ctx: Context,
  { endpointId, plan, model, candidateVersion }: FoundCycle,
  guard: StartGuard,
): Promise<string | null> {
  const endpoint = await findLiveEndpoint(ctx, endpointId);
  const incident = await guard.incidentOf(ctx, { endpointId, purpose: "change" });
  if (incident !== null) return incident;
  if (endpoint.unloadedAt) return `"${endpoint.name}" is unloaded. Load it first.`;
  const refusals = [
    () => refuseWhileRollingOut(ctx, endpointId, "roll out the candidate"),
    () => refuseWhileFrozen(ctx, { endpointId, purpose: "change", overrides: false }),
  ];
  for (const refuse of refusals) {
    const words = await messageOf(refuse);
    if (words !== null) return words;
  }
  const version = { name: model, version: candidateVersion ?? 0 };
  const [against] = (await findObstacles(ctx, endpointId, version, guard.failingOf)).obstacles;
  if (against) return `Version ${version.version}: ${against.title}. ${against.detail}`;
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
