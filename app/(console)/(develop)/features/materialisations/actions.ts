"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { cancelMaterialisation } from "#server/develop/features/materialisations/cancel-materialisation.ts";
import type { StartMaterialisation } from "#server/develop/features/materialisations/contract.ts";
import { startMaterialisation } from "#server/develop/features/materialisations/start-materialisation.ts";

const refresh = () => revalidatePath("/features/materialisations", "layout");

export async function startMaterialisationAction(input: StartMaterialisation) {
  const state = await act(async (ctx) => {
    const { id } = await startMaterialisation(ctx, input);
    return { id };
  });
  refresh();
  return state;
}

export async function cancelMaterialisationAction(id: string) {
  const state = await act((ctx) => cancelMaterialisation(ctx, id));
  refresh();
  return state;
}
