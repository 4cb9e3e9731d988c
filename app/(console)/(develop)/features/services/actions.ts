"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { DomainError } from "#server/base/errors.ts";
import type { DefineFeatureService, DeleteDefinition } from "#server/develop/features/contract.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { deleteFeatureService } from "#server/develop/features/definitions/delete-feature-service.ts";
import { listFeatureServices } from "#server/develop/features/definitions/queries.ts";

export async function saveServiceAction(input: DefineFeatureService & { isNew: boolean }) {
  const state = await act(async (ctx) => {
    const { isNew, ...service } = input;
    if (isNew && (await listFeatureServices(ctx)).some(({ name }) => name === service.name)) {
      throw new DomainError("conflict", `A feature service named "${service.name}" already exists.`, { field: "name" });
    }
    const { outcome } = await defineFeatureService(ctx, service);
    return { outcome };
  });
  if (state.ok) revalidatePath("/features", "layout");
  return state;
}

export async function deleteServiceAction(input: DeleteDefinition) {
  const state = await act((ctx) => deleteFeatureService(ctx, input));
  if (state.ok) revalidatePath("/features", "layout");
  return state;
}
