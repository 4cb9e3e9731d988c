"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { DomainError } from "#server/base/errors.ts";
import type { DefineViewSource, DeleteDefinition } from "#server/develop/features/contract.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { deleteViewSource } from "#server/develop/features/definitions/delete-view-source.ts";
import { listViewSources } from "#server/develop/features/definitions/queries.ts";

export async function saveSourceAction(input: DefineViewSource & { isNew: boolean }) {
  const state = await act(async (ctx) => {
    const { isNew, ...source } = input;
    if (isNew && (await listViewSources(ctx)).some(({ name }) => name === source.name)) {
      throw new DomainError("conflict", `A source named "${source.name}" exists already.`, { field: "name" });
    }
    const { outcome } = await defineViewSource(ctx, source);
    return { outcome };
  });
  if (state.ok) revalidatePath("/features", "layout");
  return state;
}

export async function deleteSourceAction(input: DeleteDefinition) {
  const state = await act((ctx) => deleteViewSource(ctx, input));
  if (state.ok) revalidatePath("/features", "layout");
  return state;
}
