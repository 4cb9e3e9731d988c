import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#server/base/context.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { waitFor } from "../../../suite/stack.ts";
import { type ArmCall, startTraffic } from "../../rollout/arm-traffic.ts";
import type { entriesOf } from "../../rollout/delicate-model.ts";
import type { PlanInput } from "../../rollout/program.ts";
import type { Drill } from "./drill.ts";

/** An endpoint to which one rollout after the other is done. */
export interface Track {
  name: "good" | "bad" | "late";
  canary: keyof typeof entriesOf;
  plan: PlanInput;
  /** Shares of the categories before the promotion and during the monitoring after it. */
  shares: readonly [stepping: readonly number[], watching: readonly number[]];
}

const quick = { slowMs: 10_000, outcomeAgeMs: 1_000, staleSeconds: 30, alpha: 0.005 } as const;
const steps: PlanInput["steps"] = [
  { weight: 0.25, minSeconds: 3, maxSeconds: 600, minUnits: 50 },
  { weight: 0.5, minSeconds: 3, maxSeconds: 600, minUnits: 50 },
];
const guardrails: PlanInput["guardrails"] = [{ metric: "errors", requiresVerdict: true, safeMargin: 3 }];
/** A fifth fails on every version: what fails in both proves that neither is worse. */
const even = [0.8, 0, 0.2] as const;

/** Tracks with a good version, one that fails from the start, and one that fails once it serves all traffic. */
export const tracks: readonly Track[] = [
  {
    name: "good",
    canary: "healthy",
    shares: [even, even],
    plan: { ...quick, steps, guardrails, watch: { seconds: 6, shadowShare: 0.2 } },
  },
  {
    name: "bad",
    canary: "bad",
    shares: [[0.6, 0.3, 0.1], even],
    plan: { ...quick, steps, guardrails, watch: { seconds: 6, shadowShare: 0.2 } },
  },
  {
    name: "late",
    canary: "bad",
    shares: [even, [0.3, 0.5, 0.2]],
    plan: { ...quick, steps, guardrails, watch: { seconds: 120, shadowShare: 0.5 } },
  },
];

const ratePerSecond = 30;
const recordMs = 25_000;
const maxDelayMs = 240_000;

export interface Followed {
  track: Track;
  rollouts: string[];
  calls: ArmCall[];
}

interface Following {
  ctx: Context;
  target: Pick<DemoTarget, "gatewayUrl" | "token">;
  drill: Drill;
  track: Track;
  seed: number;
}

/** Starts one rollout after the other under steady traffic, until the drill ends. */
export async function follow({ ctx, target, drill, track, seed }: Following): Promise<Followed> {
  const { name, plan } = track;
  const { id: endpointId } = await findEndpoint(ctx, name);
  const rollouts: string[] = [];
  const phase = () => drill.snapshot(rollouts.at(-1) ?? "")?.phase;
  const shares = () => track.shares[phase() === "watching" ? 1 : 0];
  const { calls, stop } = startTraffic(target, name, { ratePerSecond, seed, shares });
  try {
    // The record of the version that serves, against which the next one is watched.
    await pause(recordMs);
    for (let serving = 1; !drill.isEnding; await pause(1_500)) {
      const version = 3 - serving;
      const startedAt = Date.now();
      const { id } = await startRollout(ctx, { endpointId, version, plan, reason: "drill", overridesBlock: true });
      rollouts.push(id);
      await waitFor(async () => phase() === "promoted" || phase() === "rolled-back", maxDelayMs).catch(() => {
        throw new Error(`A rollout of "${name}" does not end: ${JSON.stringify(drill.snapshot(id)?.state)}`);
      });
      const words = drill.snapshot(id)?.decisions.at(-1)?.words;
      console.log(`${name}: ${phase()} after ${Math.round((Date.now() - startedAt) / 1000)} s. ${words}`);
      if (phase() === "promoted" && name === "good") serving = version;
    }
  } finally {
    await stop();
  }
  return { track, rollouts, calls };
}
