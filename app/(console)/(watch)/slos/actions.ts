"use server";

import { act } from "#app/_lib/action.ts";
import type { ProposeViewLimit } from "#server/watch/features/contract.ts";
import { proposeViewLimit } from "#server/watch/features/propose-view-limit.ts";
import type { Period } from "#server/watch/objectives/contract.ts";
import type { IndicatorKind } from "#server/watch/objectives/indicators/contract.ts";
import { addAdjustment } from "#server/watch/slo/adjustments/add-adjustment.ts";
import type { AddAdjustment, RevokeAdjustment } from "#server/watch/slo/adjustments/contract.ts";
import { revokeAdjustment } from "#server/watch/slo/adjustments/revoke-adjustment.ts";
import { approveChanges } from "#server/watch/slo/approvals/approve-changes.ts";
import type { ApproveChanges, RevokeApproval } from "#server/watch/slo/approvals/contract.ts";
import { revokeApproval } from "#server/watch/slo/approvals/revoke-approval.ts";
import { standardRules } from "#server/watch/slo/engine/standard-rules.ts";
import type { ImportOpenSlo } from "#server/watch/slo/exchange/contract.ts";
import { importOpenSlo } from "#server/watch/slo/exchange/import-open-slo.ts";
import { archiveSlo } from "#server/watch/slo/objectives/archive-slo.ts";
import type { ActOnSlo, CreateSlo, UpdateSlo } from "#server/watch/slo/objectives/contract.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import { pauseSlo, resumeSlo } from "#server/watch/slo/objectives/set-pause.ts";
import { updateSlo } from "#server/watch/slo/objectives/update-slo.ts";
import type { ReplaySlo } from "#server/watch/slo/replay/contract.ts";
import { replaySlo } from "#server/watch/slo/replay/replay-slo.ts";

export async function createSloAction(input: CreateSlo) {
  return act(async (ctx) => {
    const { name } = await createSlo(ctx, input);
    return { name };
  });
}

export async function updateSloAction(input: UpdateSlo) {
  return act(async (ctx) => {
    const { name } = await updateSlo(ctx, input);
    return { name };
  });
}

export async function proposeViewLimitAction(input: ProposeViewLimit) {
  return act((ctx) => proposeViewLimit(ctx, input));
}

export async function replaySloAction(input: ReplaySlo) {
  return act((ctx) => replaySlo(ctx, input));
}

export async function importOpenSloAction(input: ImportOpenSlo) {
  return act((ctx) => importOpenSlo(ctx, input));
}

export async function pauseSloAction(input: ActOnSlo) {
  return act(async (ctx) => {
    await pauseSlo(ctx, input);
  });
}

export async function resumeSloAction(input: ActOnSlo) {
  return act(async (ctx) => {
    await resumeSlo(ctx, input);
  });
}

export async function archiveSloAction(input: ActOnSlo) {
  return act(async (ctx) => {
    await archiveSlo(ctx, input);
  });
}

export async function addAdjustmentAction(input: AddAdjustment) {
  return act(async (ctx) => {
    await addAdjustment(ctx, input);
  });
}

export async function revokeAdjustmentAction(input: RevokeAdjustment) {
  return act(async (ctx) => {
    await revokeAdjustment(ctx, input);
  });
}

export async function approveChangesAction(input: ApproveChanges) {
  return act(async (ctx) => {
    await approveChanges(ctx, input);
  });
}

export async function revokeApprovalAction(input: RevokeApproval) {
  return act(async (ctx) => {
    await revokeApproval(ctx, input);
  });
}

/** Returns the default rules of a period, as editable numbers. */
export async function standardRulesAction(period: Period, kind: IndicatorKind | null) {
  return act(async () => standardRules(period, kind));
}
