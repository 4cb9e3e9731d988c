import { and, asc, desc, eq, lt } from "drizzle-orm";
import {
  endpoints,
  retrainingCycles,
  retrainingPolicies,
  retrainingSteps,
  rollouts,
  trainingJobs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RetrainingPlan, RetrainingPolicy } from "../contract.ts";
import { findPolicy } from "../policies/policy-rows.ts";
import { CycleKey, ListRetrainingCycles, type RetrainingCycle, type RetrainingCycleDetails } from "./contract.ts";
import { type CycleRow, findCycle } from "./cycle-rows.ts";
import { requesterOf } from "./requester.ts";
import { RetrainingCycleState } from "./states.ts";

/** Lists the cycles of a model's policy, newest first. @throws DomainError "not-found" where the model has no policy */
export async function listRetrainingCycles(ctx: Context, input: ListRetrainingCycles): Promise<RetrainingCycle[]> {
  permit(ctx, "listRetrainingCycles");
  const { model, before, limit } = ListRetrainingCycles.parse(input);
  const { id } = await findPolicy(ctx, model);
  const rows = await ctx.db
    .select()
    .from(retrainingCycles)
    .where(
      and(
        eq(retrainingCycles.workspaceId, ctx.actor.workspaceId),
        eq(retrainingCycles.policyId, id),
        before === undefined ? undefined : lt(retrainingCycles.number, before),
      ),
    )
    .orderBy(desc(retrainingCycles.number))
    .limit(limit);
  return rows.map(toCycle);
}

/** Returns a cycle with its steps and what it has made. @throws DomainError "not-found" */
export async function getRetrainingCycle(ctx: Context, input: CycleKey): Promise<RetrainingCycleDetails> {
  permit(ctx, "getRetrainingCycle");
  return loadCycle(ctx, CycleKey.parse(input));
}

/** The same for a caller that has checked permissions. @throws DomainError "not-found" */
export async function loadCycle(ctx: Context, key: CycleKey): Promise<RetrainingCycleDetails> {
  const cycle = await findCycle(ctx, key);
  const { requestedById } = cycle;
  return {
    ...toCycle(cycle),
    model: key.model,
    endpoint: await endpointOf(ctx, cycle.policyId),
    rules: RetrainingPolicy.parse(cycle.rules),
    plan: RetrainingPlan.parse(cycle.plan),
    steps: await stepsOf(ctx, cycle.id),
    parts: {
      data: cycle.data,
      job: await jobOf(ctx, cycle.jobId),
      comparison: cycle.comparison,
      gatesAt: cycle.gatesAt,
      approval: cycle.approval,
      rollout: await rolloutOf(ctx, cycle.rolloutId),
    },
    isMine: requestedById !== null && requestedById === (await requesterOf(ctx)).id,
  };
}

const toCycle = (cycle: CycleRow): RetrainingCycle => ({
  id: cycle.id,
  number: cycle.number,
  revision: cycle.revision,
  state: cycle.state,
  words: cycle.words,
  rejectedAt: cycle.rejectedAt,
  evidence: cycle.evidence,
  requestedBy: cycle.requestedBy,
  requestReason: cycle.requestReason,
  championVersion: cycle.championVersion,
  candidateVersion: cycle.candidateVersion,
  cancelRequest: cycle.cancelRequest,
  outcome: cycle.outcome,
  startedAt: cycle.startedAt,
  endedAt: cycle.endedAt,
});

async function endpointOf(ctx: Context, policyId: string): Promise<RetrainingCycleDetails["endpoint"]> {
  const [endpoint] = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(retrainingPolicies)
    .innerJoin(endpoints, eq(endpoints.id, retrainingPolicies.endpointId))
    .where(and(eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId), eq(retrainingPolicies.id, policyId)));
  if (!endpoint) throw new Error("The policy of the cycle was deleted between two reads.");
  return endpoint;
}

async function stepsOf(ctx: Context, cycleId: string): Promise<RetrainingCycleDetails["steps"]> {
  const rows = await ctx.db
    .select({ state: retrainingSteps.state, words: retrainingSteps.words, at: retrainingSteps.at })
    .from(retrainingSteps)
    .where(and(eq(retrainingSteps.workspaceId, ctx.actor.workspaceId), eq(retrainingSteps.cycleId, cycleId)))
    .orderBy(asc(retrainingSteps.at), asc(retrainingSteps.id));
  return rows.map(({ state, ...step }) => ({ ...step, state: RetrainingCycleState.parse(state) }));
}

async function jobOf(ctx: Context, id: string | null): Promise<RetrainingCycleDetails["parts"]["job"]> {
  if (id === null) return null;
  const [job] = await ctx.db
    .select({ id: trainingJobs.id, name: trainingJobs.name, state: trainingJobs.state })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id)));
  return job ?? null;
}

async function rolloutOf(ctx: Context, id: string | null): Promise<RetrainingCycleDetails["parts"]["rollout"]> {
  if (id === null) return null;
  const [rollout] = await ctx.db
    .select({ id: rollouts.id, phase: rollouts.phase })
    .from(rollouts)
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.id, id)));
  return rollout ?? null;
}
