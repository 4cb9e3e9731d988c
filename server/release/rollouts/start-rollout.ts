import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { endpoints, modelVersions, rollouts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatSignificant } from "#server/base/format-number.ts";
import { refuseMisfitOf } from "#server/develop/registry/pipeline/refuse-misfit.ts";
import { refuseUnsafe } from "#server/develop/registry/security/refuse-unsafe.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseDeploy } from "#server/release/gates/refuse-deploy.ts";
import { findSeen } from "#server/serve/cascade/find-seen.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { findServable } from "#server/serve/versions/find-servable.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { refuseWhileFrozen } from "#server/watch/slo/freezes/refuse-while-frozen.ts";
import { refuseWhileRollingOut } from "../../develop/registry/versions/refuse-while-rolling-out.ts";
import {
  type ChosenAnyway,
  type FrozenFacts,
  type Rollout,
  type RolloutState,
  StartRollout,
} from "../../serve/rollout/contract.ts";
import { provableMetrics } from "../../serve/rollout/plan/constants.ts";
import type { RolloutPlan } from "../../serve/rollout/plan/contract.ts";
import { compatibilityProblems } from "./compatibility.ts";
import { databaseTime } from "./evaluate-and-mark.ts";
import { freezeFacts } from "./freeze-facts.ts";
import { loadRollout } from "./load-rollout.ts";
import { findRollout, versionNames } from "./rollout-rows.ts";
import { refuseObstacles } from "./start-choices/refuse-obstacles.ts";
import type { StartGuard } from "./start-choices/start-guard.ts";
import { type Change, writeChange } from "./write-change.ts";

type Input = ReturnType<typeof StartRollout.parse>;

/**
 * Starts a rollout, which moves an endpoint's traffic to another version step by step: gateways load it, and then the plan is followed.
 * Measurements of the deployed version are stored with it, so that later evaluations use the same baseline.
 * @throws DomainError "not-found"; "invalid" for a plan that could never advance; "conflict" if the endpoint is archived, unloaded, has no
 * deployment or has a cascade or a rollout, the version cannot or may not serve, something speaks against it and no reason to choose it anyway is
 * given, or an open incident or an error budget of the endpoint blocks changes
 * @param guard what holds a start and this floor does not know; asked in the transaction
 */
export async function startRollout(
  ctx: Context,
  input: StartRollout,
  idempotencyKey?: string,
  guard?: StartGuard,
): Promise<Rollout> {
  permit(ctx, "startRollout");
  const values = StartRollout.parse(input);
  refuseHopeless(values.plan);
  const { id } = await once(ctx, "startRollout", idempotencyKey, values, (ctx) => start(ctx, values, guard));
  return loadRollout(ctx, await findRollout(ctx, id));
}

/** Rejects a plan that requires "no worse" verdicts but has no guardrail that can reach one: it would hold at its first step forever. */
function refuseHopeless({ guardrails, advanceWhen }: RolloutPlan): void {
  if (advanceWhen !== "proved-safe" || guardrails.some(({ metric }) => provableMetrics.includes(metric))) return;
  const what = "None of these guardrails can reach a “no worse” verdict, so no step would ever complete.";
  throw new DomainError(
    "invalid",
    `${what} Add one that can, such as "errors", or advance when no regression was found.`,
    {
      field: "plan.advanceWhen",
    },
  );
}

async function start(ctx: Context, input: Input, guard: StartGuard | undefined): Promise<{ id: string }> {
  const { endpointId, plan, providers, reason, overridesBudget, purpose } = input;
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: startedBy } = ctx.actor;
    const { name } = await findLiveEndpoint(ctx, endpointId);
    // Deploying, archiving and unloading wait here, and then see the rollout.
    const [endpoint] = await ctx.db.select().from(endpoints).where(liveEndpoint(ctx, endpointId)).for("update");
    if (!endpoint) throw archived(name);
    const current = await servingNow(ctx, endpoint);
    await refuseWhileRollingOut(ctx, endpointId, "start another one");
    await refuseWhileOpen(ctx, input, guard);
    const { id: canaryVersionId, chosenAnyway } = await fitVersion(ctx, input, { current, endpoint: name, guard });
    const change = { kind: "rollout", purpose } as const;
    const gate = plan.budget === "respect" ? await loadBudgetGate(ctx, endpointId, change) : undefined;
    if (gate && !gate.allow && !overridesBudget) {
      const what = 'Alternatively, set "overridesBudget"; your name and reason are recorded.';
      throw new DomainError("conflict", `${gate.reason} ${what}`);
    }
    await refuseWhileFrozen(ctx, { endpointId, purpose, overrides: overridesBudget });
    const facts = await freezeFacts(ctx, { endpointId, versionId: current.versionId, plan });
    const frozen = { ...facts, purpose, ...(chosenAnyway && { chosenAnyway }) };
    const now = await databaseTime(ctx);
    const state = stateAtStart(now, overridesBudget);
    const versions = { stableVersionId: current.versionId, stableDeploymentId: current.id, canaryVersionId };
    const [row] = await ctx.db
      .insert(rollouts)
      .values({
        workspaceId,
        endpointId,
        ...versions,
        plan,
        frozen,
        reason,
        startedBy,
        // Defaults to the previous version's providers, so that promotion moves nothing.
        providers: providers.length > 0 ? providers : current.providers,
        state,
        phase: state.phase,
        salt: randomBytes(16).toString("hex"),
        createdAt: new Date(now),
      })
      .returning({ id: rollouts.id });
    if (!row) throw new Error("The rollout was not inserted.");
    const rollout = await findRollout(ctx, row.id);
    const words = describeStart(versionNames(rollout), plan, frozen);
    const decisions: Change["decisions"] = [{ kind: "started", code: "started", words, reason }];
    if (chosenAnyway) decisions.push(overruled(chosenAnyway));
    if (gate && !gate.allow) {
      const inSpite = `Started despite the error budget: ${gate.reason}`;
      decisions.push({ kind: "override", code: "budget-overridden", words: inSpite, reason });
    }
    await writeChange(ctx, rollout, { state, deploys: null, decisions, evidence: null, now });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
    return row;
  });
}

/** Rejects a new version while an incident of the endpoint is open, because a second change hides the cause of the first. */
async function refuseWhileOpen(ctx: Context, input: Input, guard: StartGuard | undefined): Promise<void> {
  const open = await guard?.incidentOf(ctx, input);
  if (!open) return;
  const what = 'Resolve it first, or set "purpose" to "fix" or "security" if the version repairs it.';
  throw new DomainError("conflict", `${open} ${what}`, { field: "purpose" });
}

function overruled({ reason, obstacles }: ChosenAnyway): Change["decisions"][number] {
  const against = obstacles.map(({ title }) => title).join("; ");
  return { kind: "override", code: "chosen-anyway", words: `Chosen anyway: ${against}.`, reason };
}

/** Returns the serving deployment, to which a rollback is possible. */
async function servingNow(ctx: Context, endpoint: typeof endpoints.$inferSelect): Promise<Deployment> {
  const { id, name, unloadedAt, cascade } = endpoint;
  if (unloadedAt) throw new DomainError("conflict", `"${name}" is unloaded. Load it first.`);
  const current = (await currentDeployments(ctx, [id])).get(id);
  if (!current) throw new DomainError("conflict", `Nothing is deployed to "${name}". Deploy a first version.`);
  if ((cascade.next ?? []).length > 0) {
    const what = `"${name}" uses a cascade, whose steps replace each other, so versions cannot be compared.`;
    throw new DomainError("conflict", `${what} Remove the cascade first, or deploy the version directly.`);
  }
  return current;
}

interface Place {
  current: Deployment;
  endpoint: string;
  guard: StartGuard | undefined;
}

/**
 * Returns the id of the new version, once it may serve and can handle all requests of the previous version, and what was overruled to choose
 * it.
 */
async function fitVersion(
  ctx: Context,
  input: Input,
  { current, endpoint, guard }: Place,
): Promise<{ id: string; chosenAnyway: ChosenAnyway | undefined }> {
  const { id, modelName, version } = await findServable(ctx, {
    model: input.model ?? current.modelName,
    version: input.version,
    engine: null,
  });
  if (id === current.versionId)
    throw new DomainError("conflict", `${modelName} version ${version} is already deployed to "${endpoint}".`);
  const key = { name: modelName, version };
  // A concurrent deletion of the version waits for this transaction and then sees the rollout, or this transaction finds it deleted.
  await ctx.db.select().from(modelVersions).where(eq(modelVersions.id, id)).for("key share");
  await refuseDeploy(ctx, key);
  await refuseUnsafe(ctx, id, key);
  await refuseMisfitOf(ctx, id);
  const problems = compatibilityProblems(await findSeen(ctx, current.versionId), await findSeen(ctx, id));
  if (problems.length > 0) {
    const than = `${current.modelName} version ${current.version}`;
    throw new DomainError(
      "conflict",
      `${modelName} version ${version} is not compatible with ${than}: ${problems.join(" ")}`,
    );
  }
  const { anywayReason, overridesBlock, reason, endpointId } = input;
  const chosen = { endpoint: { id: endpointId, name: endpoint }, versionId: id, key };
  const chosenAnyway = await refuseObstacles(
    ctx,
    { ...chosen, anywayReason, overridesBlock, reason },
    guard?.failingOf,
  );
  return { id, chosenAnyway };
}

function stateAtStart(now: number, overridesBudget: boolean): RolloutState {
  return {
    phase: "starting",
    step: 0,
    weight: 0,
    stepStartedAt: now,
    isPaused: false,
    approvedSteps: [],
    overridesBudget,
    lastUnits: 0,
    lastDataAt: now,
    hold: null,
    violatedMetrics: [],
    maxima: { combined: 0, srm: 0, worse: {}, safe: {}, floorCanary: {}, floorStable: {} },
  };
}

function describeStart(
  names: { stable: string; canary: string },
  plan: RolloutPlan,
  { slowMs, record }: FrozenFacts,
): string {
  const isGuessed = plan.slowMs === null && (record.slow?.units ?? 0) === 0;
  const slow = isGuessed
    ? ` No requests in the last day, so responses slower than ${formatSignificant(slowMs, 4)}\u00a0ms count as slow.`
    : "";
  const slowNote = plan.guardrails.some(({ metric }) => metric === "slow") ? slow : "";
  return `Started ${names.canary} alongside ${names.stable}.${slowNote}`;
}
