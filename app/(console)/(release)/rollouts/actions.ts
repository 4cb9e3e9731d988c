"use server";

import { act } from "#app/_lib/action.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { approveStep } from "#server/release/rollouts/approve-step.ts";
import type { ComparePlans, PlanRollout } from "#server/release/rollouts/estimate/contract.ts";
import { compareRolloutPlans, planRollout } from "#server/release/rollouts/estimate/queries.ts";
import { noteRollout } from "#server/release/rollouts/note-rollout.ts";
import { overrideBudget } from "#server/release/rollouts/override-budget.ts";
import { pauseRollout } from "#server/release/rollouts/pause-rollout.ts";
import { resumeRollout } from "#server/release/rollouts/resume-rollout.ts";
import { skipStep } from "#server/release/rollouts/skip-step.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { startGuard } from "#server/respond/start-guard/start-guard.ts";
import type { ActOnRollout, StartRollout } from "#server/serve/rollout/contract.ts";

export async function startRolloutAction(input: StartRollout) {
  return act(async (ctx) => {
    const { id } = await startRollout(ctx, input, undefined, startGuard);
    return { id };
  });
}

export async function planRolloutAction(input: PlanRollout) {
  return act((ctx) => planRollout(ctx, input));
}

/** Estimates several plans by the same traffic, in their order. */
export async function compareRolloutPlansAction(input: ComparePlans) {
  return act((ctx) => compareRolloutPlans(ctx, input));
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
