"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { approveRetrainingCycle } from "#server/improve/retraining/cycles/approve-retraining-cycle.ts";
import type { ActOnCycle, RequestRetraining } from "#server/improve/retraining/cycles/contract.ts";
import { declineRetrainingCycle } from "#server/improve/retraining/cycles/decline-retraining-cycle.ts";
import { endRetrainingCycle } from "#server/improve/retraining/cycles/end-retraining-cycle.ts";
import { requestRetraining } from "#server/improve/retraining/cycles/request-retraining.ts";
import type {
  CreateRetrainingPolicy,
  PauseRetrainingPolicy,
  UpdateRetrainingPolicy,
} from "#server/improve/retraining/policies/contract.ts";
import { createRetrainingPolicy } from "#server/improve/retraining/policies/create-retraining-policy.ts";
import { pauseRetrainingPolicy } from "#server/improve/retraining/policies/pause-retraining-policy.ts";
import { resumeRetrainingPolicy } from "#server/improve/retraining/policies/resume-retraining-policy.ts";
import { updateRetrainingPolicy } from "#server/improve/retraining/policies/update-retraining-policy.ts";

const refresh = () => revalidatePath("/retraining", "layout");

export async function createPolicyAction(input: CreateRetrainingPolicy) {
  const state = await act(async (ctx) => ({ model: (await createRetrainingPolicy(ctx, input)).model }));
  refresh();
  return state;
}

export async function updatePolicyAction(input: UpdateRetrainingPolicy) {
  const state = await act(async (ctx) => ({ model: (await updateRetrainingPolicy(ctx, input)).model }));
  refresh();
  return state;
}

export async function pausePolicyAction(input: PauseRetrainingPolicy) {
  const state = await act(async (ctx) => ({ model: (await pauseRetrainingPolicy(ctx, input)).model }));
  refresh();
  return state;
}

export async function resumePolicyAction(model: string) {
  const state = await act(async (ctx) => ({ model: (await resumeRetrainingPolicy(ctx, model)).model }));
  refresh();
  return state;
}

export async function requestRetrainingAction(input: RequestRetraining) {
  const state = await act(async (ctx) => ({ number: (await requestRetraining(ctx, input)).cycle.number }));
  refresh();
  return state;
}

export async function endCycleAction(input: ActOnCycle) {
  const state = await act(async (ctx) => ({ number: (await endRetrainingCycle(ctx, input)).number }));
  refresh();
  return state;
}

export async function approveCycleAction(input: ActOnCycle) {
  const state = await act(async (ctx) => ({ number: (await approveRetrainingCycle(ctx, input)).number }));
  refresh();
  return state;
}

export async function declineCycleAction(input: ActOnCycle) {
  const state = await act(async (ctx) => ({ number: (await declineRetrainingCycle(ctx, input)).number }));
  refresh();
  return state;
}
