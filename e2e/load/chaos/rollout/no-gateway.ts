import type { Context } from "#server/base/context.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { waitFor } from "../../../suite/stack.ts";
import { startTraffic } from "../../rollout/arm-traffic.ts";
import type { PlanInput } from "../../rollout/program.ts";
import type { Drill } from "./drill.ts";

/** Plan whose step ends without a required verdict, more than half a minute after gateways last reported. */
const plan: PlanInput = {
  slowMs: 10_000,
  outcomeAgeMs: 200,
  staleSeconds: 600,
  advanceWhen: "no-harm-found",
  steps: [{ weight: 0.5, minSeconds: 50, maxSeconds: 51, minUnits: 20 }],
  guardrails: [{ metric: "errors" }],
  watch: { seconds: 0, shadowShare: 0 },
};

/**
 * Removes all gateways from a rollout that would advance by its counts. @returns whether it went on hold for that reason, at the same
 * weight, and advanced after they were back
 */
export async function holdsWithoutGateways(given: {
  ctx: Context;
  target: Pick<DemoTarget, "gatewayUrl" | "token">;
  drill: Drill;
}): Promise<boolean> {
  const { ctx, target, drill } = given;
  const { id: endpointId } = await findEndpoint(ctx, "late");
  const { id } = await startRollout(ctx, {
    endpointId,
    version: 2,
    plan,
    reason: "drill without gateways",
    overridesBlock: true,
  });
  const traffic = startTraffic(target, "late", { ratePerSecond: 30, seed: 1, shares: () => [1, 0, 0] });
  const units = () => Object.entries(drill.snapshot(id)?.counts ?? {}).reduce((sum, [, [units]]) => sum + units, 0);
  await waitFor(async () => units() >= 100, 90_000);
  await traffic.stop();
  await drill.killGateways();
  const isHeld = await within(90_000, async () => drill.snapshot(id)?.state.hold?.code === "no-gateway");
  const { phase, step, weight } = drill.snapshot(id)?.state ?? {};
  const isInPosition = phase === "stepping" && step === 0 && weight === 0.5;
  await drill.startGateways();
  const isBack = await within(60_000, async () => drill.snapshot(id)?.phase === "promoted");
  if (!isBack) await abortRollout(ctx, { rolloutId: id, reason: "The drill is over" });
  return isHeld && isInPosition && isBack;
}

function within(limitMs: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  return waitFor(isTrue, limitMs).then(
    () => true,
    () => false,
  );
}
