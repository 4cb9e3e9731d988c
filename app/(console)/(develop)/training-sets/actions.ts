"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { cancelTrainingSet } from "#server/develop/features/training-sets/cancel-training-set.ts";
import { createTrainingSet } from "#server/develop/features/training-sets/create-training-set.ts";
import { getTrainingSet } from "#server/develop/features/training-sets/queries.ts";

const refresh = () => revalidatePath("/training-sets", "layout");

export async function cancelTrainingSetAction(id: string) {
  const state = await act((ctx) => cancelTrainingSet(ctx, id));
  refresh();
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
