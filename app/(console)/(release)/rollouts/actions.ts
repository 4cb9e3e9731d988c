"use server";

import { act } from "#app/_lib/action.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { approveStep } from "#server/release/rollouts/approve-step.ts";
import type { PlanRollout, SimulateRollout } from "#server/release/rollouts/estimate/contract.ts";
import { planRollout, simulateRolloutPlan } from "#server/release/rollouts/estimate/queries.ts";
import { noteRollout } from "#server/release/rollouts/note-rollout.ts";
import { overrideBudget } from "#server/release/rollouts/override-budget.ts";
import { pauseRollout } from "#server/release/rollouts/pause-rollout.ts";
import { resumeRollout } from "#server/release/rollouts/resume-rollout.ts";
import { skipStep } from "#server/release/rollouts/skip-step.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import type { ActOnRollout, StartRollout } from "#server/serve/rollout/contract.ts";

export async function startRolloutAction(input: StartRollout) {
  return act(async (ctx) => {
    const { id } = await startRollout(ctx, input);
    return { id };
  });
}

export async function planRolloutAction(input: PlanRollout) {
  return act((ctx) => planRollout(ctx, input));
}

export async function simulateRolloutAction(input: SimulateRollout) {
  return act((ctx) => simulateRolloutPlan(ctx, input));
}

export async function pauseAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await pauseRollout(ctx, input);
  });
}

export async function resumeAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await resumeRollout(ctx, input);
  });
}

export async function approveAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await approveStep(ctx, input);
  });
}

export async function skipAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await skipStep(ctx, input);
  });
}

export async function rollBackAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await abortRollout(ctx, input);
  });
}

export async function overrideBudgetAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await overrideBudget(ctx, input);
  });
}

export async function noteAction(input: ActOnRollout) {
  return act(async (ctx) => {
    await noteRollout(ctx, input);
  });
}
