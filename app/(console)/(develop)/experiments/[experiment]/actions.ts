"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { SetExperimentRetention } from "#server/admin/trash/contract.ts";
import { setExperimentRetention } from "#server/admin/trash/set-experiment-retention.ts";
import type { ChosenRuns, DeleteRuns, TagRuns } from "#server/develop/tracking/bulk/contract.ts";
import { deleteRuns } from "#server/develop/tracking/bulk/delete-runs.ts";
import { restoreRuns } from "#server/develop/tracking/bulk/restore-runs.ts";
import { tagRuns } from "#server/develop/tracking/bulk/tag-runs.ts";
import type { CreateView, DeleteView, UpdateView } from "#server/develop/tracking/views/contract.ts";
import { createView } from "#server/develop/tracking/views/create-view.ts";
import { deleteView } from "#server/develop/tracking/views/delete-view.ts";
import { updateView } from "#server/develop/tracking/views/update-view.ts";

export async function tagRunsAction(input: TagRuns) {
  return act(async (ctx) => tagRuns(ctx, input));
}

export async function deleteRunsAction(input: DeleteRuns) {
  return act(async (ctx) => deleteRuns(ctx, input));
}

export async function restoreRunsAction(input: ChosenRuns) {
  return act(async (ctx) => restoreRuns(ctx, input));
}

export async function setRetentionAction(input: SetExperimentRetention) {
  const state = await act(async (ctx) => setExperimentRetention(ctx, input));
  revalidatePath("/experiments/[experiment]", "page");
  return state;
}

export async function createViewAction(input: CreateView) {
  return act(async (ctx) => createView(ctx, input));
}

export async function updateViewAction(input: UpdateView) {
  return act(async (ctx) => updateView(ctx, input));
}

export async function deleteViewAction(input: DeleteView) {
  return act(async (ctx) => deleteView(ctx, input));
}
