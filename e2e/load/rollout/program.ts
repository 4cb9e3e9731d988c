import { setTimeout as pause } from "node:timers/promises";
import type { z } from "zod";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { ensureEndpoint, untilServable } from "#server/roles/demo/deploy.ts";
import type { RolloutState } from "#server/serve/rollout/contract.ts";
import type { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { delicateModel, entriesOf } from "./delicate-model.ts";

/** Fields of a rollout read by REST. */
export interface SeenRollout {
  id: string;
  phase: RolloutState["phase"];
  step: number;
  steps: number;
  weight: number;
  revision: number;
  isPaused: boolean;
  hold: RolloutState["hold"];
  violatedMetrics: string[];
  state: RolloutState;
}

export interface SeenDecision {
  id: number;
  kind: string;
  code: string;
  words: string;
  step: number;
  weight: number;
  /** As ISO 8601. */
  at: string;
}

export type PlanInput = z.input<typeof RolloutPlan>;

/** Registers version 1 of a model, which is healthy, and version 2, and has version 1 serve an endpoint of its name. */
export async function serveStable(target: DemoTarget, name: string, canary: keyof typeof entriesOf): Promise<void> {
  const versions = `${target.url}/api/v1/models/${name}/versions`;
  for (const quality of ["healthy", canary] as const) {
    await send(target, "POST", versions, new Uint8Array(delicateModel(entriesOf[quality])));
  }
  await ensureEndpoint(target, { name, model: name, version: 1, captureShare: 0 });
  await untilServable(target, name, 2);
}

/** Starts to roll version 2 out. @returns the rollout's id */
export async function startRollout(target: DemoTarget, endpoint: string, plan: PlanInput): Promise<string> {
  const input = { endpoint, version: 2, plan, reason: "The next version", overridesBlock: true };
  const { id } = await send<SeenRollout>(target, "POST", `${target.url}/api/v1/rollouts`, input);
  return id;
}

function readRollout(target: DemoTarget, id: string): Promise<SeenRollout> {
  return send(target, "GET", `${target.url}/api/v1/rollouts/${id}`);
}

/** Reads all decisions, oldest first. */
export async function readDecisions(target: DemoTarget, id: string): Promise<SeenDecision[]> {
  const url = `${target.url}/api/v1/rollouts/${id}/decisions?limit=500`;
  return (await send<{ decisions: SeenDecision[] }>(target, "GET", url)).decisions.reverse();
}

/** Waits until a rollout is in the expected state. @throws when it ends otherwise, or does not reach the state within `limitMs`. */
export async function untilRollout(
  target: DemoTarget,
  id: string,
  isSo: (rollout: SeenRollout) => boolean,
  limitMs: number,
): Promise<SeenRollout> {
  for (const endsAt = Date.now() + limitMs; ; await pause(100)) {
    const rollout = await readRollout(target, id);
    if (isSo(rollout)) return rollout;
    const hasEnded = rollout.phase === "promoted" || rollout.phase === "rolled-back";
    if (hasEnded || Date.now() > endsAt) {
      const received = (await readDecisions(target, id)).map(({ words }) => words).join("\n");
      throw new Error(`The rollout is ${rollout.phase}: ${rollout.hold?.words ?? "no hold"}\n${received}`);
    }
  }
}
