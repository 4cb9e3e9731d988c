import { desc, eq } from "drizzle-orm";
import type { z } from "zod";
import { deployments, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { FrozenFacts, RolloutState } from "#server/serve/rollout/contract.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import type { ServedRollout } from "../../../../serve/rollout/served-rollout.ts";
import { mlpSignature } from "../testing.ts";

interface NewRollout {
  endpointId: string;
  canaryVersionId: string;
  phase?: RolloutState["phase"];
  weight?: number;
  plan?: Partial<z.input<typeof RolloutPlan>>;
  frozen?: Partial<FrozenFacts>;
  salt?: string;
}

const frozenFacts: FrozenFacts = {
  slowMs: 200,
  outcomeAgeMs: 50,
  outputBins: null,
  binnedOutput: null,
  requestsPerSecond: null,
  record: {},
};

/** A rollout of an endpoint that serves, as it stands in its first step. */
export async function newRollout(ctx: Context, wish: NewRollout) {
  const { endpointId, canaryVersionId, phase = "stepping", weight = 0.5, salt = "salt" } = wish;
  const [stable] = await ctx.db
    .select()
    .from(deployments)
    .where(eq(deployments.endpointId, endpointId))
    .orderBy(desc(deployments.id))
    .limit(1);
  if (!stable) throw new Error("Nothing is deployed to the endpoint.");
  const plan = RolloutPlan.parse({
    steps: [{ weight: 0.5, shadowShare: 0 }],
    guardrails: [{ metric: "errors" }],
    ...wish.plan,
  });
  const [row] = await ctx.db
    .insert(rollouts)
    .values({
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      canaryVersionId,
      providers: [],
      plan,
      phase,
      salt,
      stableVersionId: stable.versionId,
      stableDeploymentId: stable.id,
      frozen: { ...frozenFacts, ...wish.frozen },
      state: stateOf(phase, weight, plan.steps.length),
      reason: "test",
      startedBy: ctx.actor.name,
    })
    .returning();
  if (!row) throw new Error("The rollout was not inserted.");
  return row;
}

/** Where a rollout stands with a share of the traffic. */
export function stateOf(phase: RolloutState["phase"], weight: number, steps = 1): RolloutState {
  return {
    phase,
    step: phase === "watching" ? steps : 0,
    weight,
    stepStartedAt: Date.now(),
    isPaused: false,
    approvedSteps: [],
    overridesBudget: false,
    lastUnits: 0,
    lastDataAt: Date.now(),
    hold: null,
    violatedMetrics: [],
    maxima: { combined: 0, srm: 0, worse: {}, safe: {}, floorCanary: {}, floorStable: {} },
  };
}

/** A rollout as gateways have it, for tests without a database. */
export function servedRolloutOf(values: Partial<ServedRollout> = {}): ServedRollout {
  const model = {
    versionId: "canary",
    modelName: "digits",
    version: 2,
    artifactKey: "key",
    sha256: undefined,
    sizeBytes: 1,
    signature: mlpSignature,
  };
  return {
    rolloutId: "rollout",
    phase: "stepping",
    salt: "salt",
    unit: { kind: "request" },
    step: 0,
    weight: 0.1,
    shadowShare: 0,
    metrics: ["errors"],
    slowMs: 100,
    outcomeAgeMs: 1000,
    outputRange: null,
    outputBins: null,
    binnedOutput: null,
    costClip: null,
    other: { model, providers: [] },
    ...values,
  };
}
