import { and, desc, eq, type SQL } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { endpoints, modelVersions, registeredModels, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permitEndpoint } from "#server/serve/endpoints/permit-endpoint.ts";
import type { GatedChange } from "#server/watch/slo/budget-gate/contract.ts";
import { FrozenFacts, RolloutState, type RolloutSummary } from "../../serve/rollout/contract.ts";
import { RolloutPlan } from "../../serve/rollout/plan/contract.ts";

const stableVersions = alias(modelVersions, "stable_version");
const stableModels = alias(registeredModels, "stable_model");
const canaryVersions = alias(modelVersions, "canary_version");
const canaryModels = alias(registeredModels, "canary_model");

type Row = typeof rollouts.$inferSelect;

/** A rollout as it is stored, with the names of what it is about. */
export interface StoredRollout extends Omit<Row, "plan" | "frozen" | "state"> {
  endpoint: string;
  stable: RolloutSummary["stable"];
  canary: RolloutSummary["canary"];
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
}

/** Returns the change for which its endpoint's error budgets are checked before each of its steps. */
export function gatedChange({ frozen }: Pick<StoredRollout, "frozen">): GatedChange {
  return { kind: "rollout", purpose: frozen.purpose ?? "change" };
}

export function hasEnded({ phase }: Pick<Row, "phase">): boolean {
  return phase === "promoted" || phase === "rolled-back";
}

/** Rollouts of this workspace, newest first. @param where on columns of rollouts and endpoints */
export async function selectRollouts(ctx: Context, where: SQL | undefined, limit: number): Promise<StoredRollout[]> {
  const rows = await ctx.db
    .select({
      row: rollouts,
      endpoint: endpoints.name,
      stable: { id: stableVersions.id, model: stableModels.name, version: stableVersions.version },
      canary: { id: canaryVersions.id, model: canaryModels.name, version: canaryVersions.version },
    })
    .from(rollouts)
    .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
    .innerJoin(stableVersions, eq(stableVersions.id, rollouts.stableVersionId))
    .innerJoin(stableModels, eq(stableModels.id, stableVersions.modelId))
    .innerJoin(canaryVersions, eq(canaryVersions.id, rollouts.canaryVersionId))
    .innerJoin(canaryModels, eq(canaryModels.id, canaryVersions.modelId))
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(rollouts.createdAt), desc(rollouts.id))
    .limit(limit);
  return rows.map(({ row, ...names }) => ({
    ...row,
    ...names,
    plan: RolloutPlan.parse(row.plan),
    frozen: FrozenFacts.parse(row.frozen),
    state: RolloutState.parse(row.state),
  }));
}

/** Finds a rollout of this workspace, on an endpoint that the caller may use. @throws DomainError "not-found" */
export async function findRollout(ctx: Context, rolloutId: string): Promise<StoredRollout> {
  const [found] = await selectRollouts(ctx, eq(rollouts.id, rolloutId), 1);
  if (!found) throw noRollout();
  permitEndpoint(ctx, found.endpoint);
  return found;
}

/**
 * Finds a rollout and locks it against every other change until the transaction ends.
 * @param whenLocked "wait" for a concurrent change, or return "nothing". @throws DomainError "not-found"
 */
export async function lockRollout(
  ctx: Context,
  rolloutId: string,
  whenLocked: "wait" | "nothing",
): Promise<StoredRollout | undefined> {
  const query = ctx.db
    .select({ id: rollouts.id })
    .from(rollouts)
    .where(and(eq(rollouts.id, rolloutId), eq(rollouts.workspaceId, ctx.actor.workspaceId)));
  const [locked] = await (whenLocked === "wait"
    ? query.for("no key update")
    : query.for("no key update", { skipLocked: true }));
  if (locked) return findRollout(ctx, rolloutId);
  if (whenLocked === "nothing") return undefined;
  throw noRollout();
}

function noRollout(): DomainError {
  return new DomainError("not-found", "Rollout not found. See Rollouts for a list.");
}

/** Returns the summary of a rollout for lists. */
export function summaryOf(rollout: StoredRollout): RolloutSummary {
  const { id, endpointId, endpoint, stable, canary, plan, state, reason, startedBy, createdAt, endedAt } = rollout;
  const { phase, step, weight, isPaused, hold, violatedMetrics } = state;
  const progress = { phase, step, steps: plan.steps.length, weight, isPaused, hold, violatedMetrics };
  return { id, endpointId, endpoint, stable, canary, ...progress, reason, startedBy, createdAt, endedAt };
}

/** Returns the names of the two versions: "v12" and "v14", with the model's name where they are of different models. */
export function versionNames({ stable, canary }: Pick<RolloutSummary, "stable" | "canary">) {
  const isOneModel = stable.model === canary.model;
  const name = ({ model, version }: RolloutSummary["stable"]) => (isOneModel ? `v${version}` : `${model} v${version}`);
  return { stable: name(stable), canary: name(canary) };
}
