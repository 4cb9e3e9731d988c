import { and, asc, desc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import {
  endpoints,
  memberships,
  registeredModels,
  retrainingCycles,
  retrainingDecisions,
  retrainingPolicies,
  users,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RetrainingPlan, RetrainingPolicy } from "../contract.ts";
import {
  ListRetrainingDecisions,
  ListRetrainingPolicies,
  type RetrainingDecision,
  type RetrainingPolicyDetails,
} from "./contract.ts";
import { findPolicy } from "./policy-rows.ts";

/** Lists the policies of the workspace by the names of their models. */
export async function listRetrainingPolicies(
  ctx: Context,
  input: ListRetrainingPolicies = {},
): Promise<RetrainingPolicyDetails[]> {
  permit(ctx, "listRetrainingPolicies");
  const { limit } = ListRetrainingPolicies.parse(input);
  return selectPolicies(ctx, undefined, limit);
}

/** Returns the policy of a model, by the model's name. @throws DomainError "not-found" */
export async function getRetrainingPolicy(ctx: Context, model: string): Promise<RetrainingPolicyDetails> {
  permit(ctx, "getRetrainingPolicy");
  return loadPolicy(ctx, model);
}

/** The same for a caller that has checked permissions. @throws DomainError "not-found" */
export async function loadPolicy(ctx: Context, model: string): Promise<RetrainingPolicyDetails> {
  const { id } = await findPolicy(ctx, model);
  const [policy] = await selectPolicies(ctx, eq(retrainingPolicies.id, id), 1);
  if (!policy) throw new Error("The policy was deleted between two reads.");
  return policy;
}

/** Lists what the policy of a model decided, newest first; the same decision again is one. @throws DomainError "not-found" */
export async function listRetrainingDecisions(
  ctx: Context,
  input: ListRetrainingDecisions,
): Promise<RetrainingDecision[]> {
  permit(ctx, "listRetrainingDecisions");
  const { model, limit } = ListRetrainingDecisions.parse(input);
  const { id } = await findPolicy(ctx, model);
  const rows = await ctx.db
    .select(decisionColumns)
    .from(retrainingDecisions)
    .leftJoin(retrainingCycles, eq(retrainingCycles.id, retrainingDecisions.cycleId))
    .where(and(eq(retrainingDecisions.workspaceId, ctx.actor.workspaceId), eq(retrainingDecisions.policyId, id)))
    .orderBy(desc(retrainingDecisions.at), desc(retrainingDecisions.id))
    .limit(limit);
  return rows.map(({ policyId: _, ...decision }) => decision);
}

/** Returns the last decision of a policy; undefined before the first. */
export async function newestDecision(ctx: Context, policyId: string): Promise<RetrainingDecision | undefined> {
  return (await newestDecisions(ctx, [policyId])).get(policyId);
}

async function selectPolicies(ctx: Context, where: SQL | undefined, limit: number): Promise<RetrainingPolicyDetails[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({
      policy: retrainingPolicies,
      model: registeredModels.name,
      endpoint: endpoints.name,
      owner: { id: users.id, name: users.name },
    })
    .from(retrainingPolicies)
    .innerJoin(registeredModels, eq(registeredModels.id, retrainingPolicies.modelId))
    .innerJoin(endpoints, eq(endpoints.id, retrainingPolicies.endpointId))
    .leftJoin(
      memberships,
      and(
        eq(memberships.workspaceId, workspaceId),
        eq(sql`${memberships.userId}::text`, retrainingPolicies.ownerId),
        isNull(memberships.disabledAt),
      ),
    )
    .leftJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(retrainingPolicies.workspaceId, workspaceId), where))
    .orderBy(asc(registeredModels.name))
    .limit(limit);
  const ids = rows.map(({ policy }) => policy.id);
  const decisions = await newestDecisions(ctx, ids);
  const cycles = await summariseCycles(ctx, ids);
  return rows.map(({ policy, model, endpoint, owner }) => ({
    id: policy.id,
    model,
    endpoint: { id: policy.endpointId, name: endpoint },
    revision: policy.revision,
    rules: RetrainingPolicy.parse(policy.rules),
    plan: RetrainingPlan.parse(policy.plan),
    owner,
    paused: policy.pausedAt && {
      by: policy.pausedBy ?? "",
      at: policy.pausedAt,
      reason: policy.pauseReason ?? "",
    },
    lookedAt: policy.lookedAt,
    decision: decisions.get(policy.id) ?? null,
    ...(cycles.get(policy.id) ?? { openCycle: null, counts: { cycles: 0, adopted: 0, rejected: 0 } }),
    createdBy: policy.createdBy,
    createdAt: policy.createdAt,
    updatedAt: policy.updatedAt,
  }));
}

const decisionColumns = {
  policyId: retrainingDecisions.policyId,
  kind: retrainingDecisions.kind,
  revision: retrainingDecisions.revision,
  evidence: retrainingDecisions.evidence,
  holds: retrainingDecisions.holds,
  cycle: retrainingCycles.number,
  at: retrainingDecisions.at,
};

async function newestDecisions(ctx: Context, policyIds: string[]): Promise<Map<string, RetrainingDecision>> {
  if (policyIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectDistinctOn([retrainingDecisions.policyId], decisionColumns)
    .from(retrainingDecisions)
    .leftJoin(retrainingCycles, eq(retrainingCycles.id, retrainingDecisions.cycleId))
    .where(
      and(eq(retrainingDecisions.workspaceId, ctx.actor.workspaceId), inArray(retrainingDecisions.policyId, policyIds)),
    )
    .orderBy(retrainingDecisions.policyId, desc(retrainingDecisions.at), desc(retrainingDecisions.id));
  return new Map(rows.map(({ policyId, ...decision }) => [policyId, decision]));
}

type CycleSummary = Pick<RetrainingPolicyDetails, "openCycle" | "counts">;

async function summariseCycles(ctx: Context, policyIds: string[]): Promise<Map<string, CycleSummary>> {
  if (policyIds.length === 0) return new Map();
  const ofPolicies = and(
    eq(retrainingCycles.workspaceId, ctx.actor.workspaceId),
    inArray(retrainingCycles.policyId, policyIds),
  );
  const { policyId, number, state, startedAt, endedAt } = retrainingCycles;
  const counted = await ctx.db
    .select({
      policyId,
      cycles: sql<number>`count(*)::int`,
      adopted: sql<number>`count(*) filter (where ${state} = 'adopted')::int`,
      rejected: sql<number>`count(*) filter (where ${state} = 'rejected')::int`,
    })
    .from(retrainingCycles)
    .where(ofPolicies)
    .groupBy(policyId);
  const open = await ctx.db
    .select({ policyId, number, state, startedAt })
    .from(retrainingCycles)
    .where(and(ofPolicies, isNull(endedAt)));
  const openOf = new Map(open.map(({ policyId, ...cycle }) => [policyId, cycle]));
  return new Map(
    counted.map(({ policyId, ...counts }) => [policyId, { openCycle: openOf.get(policyId) ?? null, counts }]),
  );
}
