import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import { gatewayHeartbeats, rolloutCounts, rollouts } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import type { LoadedVersion } from "#server/serve/gateways/contract.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { evaluateRollout } from "../../../release/rollouts/evaluate-rollout.ts";
import { startRollout } from "../../../release/rollouts/start-rollout.ts";
import type { StartRollout } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

export const quickPlan: z.input<typeof RolloutPlan> = {
  steps: [
    { weight: 0.1, minSeconds: 0, maxSeconds: 60 },
    { weight: 0.5, minSeconds: 0, maxSeconds: 60 },
  ],
  guardrails: [{ metric: "errors" }],
  advanceWhen: "no-harm-found",
  watch: { seconds: 60, shadowShare: 0.05 },
};

/** An endpoint that serves version 1 of "digits", and version 2 beside it. */
export async function newRolloutScene(ctx: Context) {
  const stable = await newVersion(ctx, { version: 1 });
  const canary = await newVersion(ctx, { version: 2 });
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  const deployment = await deployVersion(ctx, { endpointId, model: "digits", version: 1, providers: ["cpu"] });
  return { stable, canary, endpointId, deployment };
}

/** The scene with a rollout that has just been started. */
export async function newRollout(ctx: Context, wish: Partial<StartRollout> = {}) {
  const scene = await newRolloutScene(ctx);
  const given = { endpointId: scene.endpointId, version: 2, plan: quickPlan, reason: "better on the north depots" };
  const rollout = await startRollout(ctx, { ...given, ...wish });
  return { ...scene, rolloutId: rollout.id, rollout };
}

/** A sign of life of a gateway that does so much with a version. */
export async function beat(
  ctx: Context,
  { endpointId, versionId }: { endpointId: string; versionId: string },
  state: LoadedVersion["state"] = "ready",
  more: { gatewayId?: string; message?: string } = {},
): Promise<void> {
  const { gatewayId = "gw-1", message } = more;
  const version = { endpointId, versionId, state, isServing: false, ...(message !== undefined && { message }) };
  const set = {
    seenAt: sql`now()`,
    startedAt: new Date(),
    address: gatewayId,
    state: { isDraining: false, versions: [version] },
  };
  await ctx.db
    .insert(gatewayHeartbeats)
    .values({ gatewayId, ...set })
    .onConflictDoUpdate({ target: gatewayHeartbeats.gatewayId, set });
}

/** Whole counts of a gateway, as it writes them again and again. */
export async function count(
  ctx: Context,
  rolloutId: string,
  row: Partial<RolloutCount> & Pick<RolloutCount, "step" | "arm" | "weight" | "units" | "events">,
  source = "gw-1",
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const values = { metric: "errors", bin: 0, misses: 0, ...row };
  await ctx.db
    .insert(rolloutCounts)
    .values({ workspaceId, rolloutId, source, ...values })
    .onConflictDoUpdate({
      target: [
        rolloutCounts.rolloutId,
        rolloutCounts.source,
        rolloutCounts.metric,
        rolloutCounts.bin,
        rolloutCounts.step,
        rolloutCounts.arm,
      ],
      set: values,
    });
}

/** Counts of both arms of a step at its weight. */
export async function countArms(
  ctx: Context,
  rolloutId: string,
  { step, weight }: { step: number; weight: number },
  { canary, stable }: { canary: [units: number, events: number]; stable: [units: number, events: number] },
): Promise<void> {
  const at = { step, weight };
  await count(ctx, rolloutId, { ...at, arm: "canary", units: canary[0], events: canary[1] });
  await count(ctx, rolloutId, { ...at, arm: "stable", units: stable[0], events: stable[1] });
}

/** One look of the worker. @param later seconds after the beginning of the step */
export async function recheck(ctx: Context, rolloutId: string, later?: number): Promise<void> {
  const [row] = await ctx.db.select().from(rollouts).where(eq(rollouts.id, rolloutId));
  const { stepStartedAt } = (row as typeof rollouts.$inferSelect).state as { stepStartedAt: number };
  const worker = systemContext(ctx.db, ctx.actor.workspaceId, "evaluate-rollout");
  await evaluateRollout(worker, rolloutId, later === undefined ? undefined : stepStartedAt + later * 1000);
}
