"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { acknowledgeLeaks } from "#server/develop/features/training-sets/acknowledge-leaks.ts";
import { cancelTrainingSet } from "#server/develop/features/training-sets/cancel-training-set.ts";
import type { AcknowledgeLeaks, CreateTrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { createTrainingSet } from "#server/develop/features/training-sets/create-training-set.ts";
import { getTrainingSet } from "#server/develop/features/training-sets/queries.ts";
import { refreshTrainingSet } from "#server/develop/features/training-sets/refresh-training-set.ts";

const refresh = () => revalidatePath("/training-sets", "layout");

export async function cancelTrainingSetAction(id: string) {
  const state = await act((ctx) => cancelTrainingSet(ctx, id));
  refresh();
  return state;
}

export async function createTrainingSetAction(input: CreateTrainingSet) {
  const state = await act(async (ctx) => {
    const { id } = await createTrainingSet(ctx, input);
    return { id };
  });
  if (state.ok) refresh();
  return state;
}

/** Requests the same training set from the same state of the history. */
export async function repeatTrainingSetAction(id: string) {
  const state = await act(async (ctx) => {
    const { name, request } = await getTrainingSet(ctx, id);
    const made = await createTrainingSet(ctx, { name, note: request.note, repeats: id });
    return { id: made.id };
  });
  refresh();
  return state;
}

/** Requests the training set again, with fresh rows and the history as it is now. */
export async function refreshTrainingSetAction(id: string) {
  const state = await act(async (ctx) => {
    const made = await refreshTrainingSet(ctx, { id });
    return { id: made.id };
  });
  refresh();
  return state;
}

export async function acknowledgeLeaksAction(input: AcknowledgeLeaks) {
  const state = await act((ctx) => acknowledgeLeaks(ctx, input));
  refresh();
  return state;
}
