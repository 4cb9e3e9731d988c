"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { DefineViewSource, DeleteDefinition } from "#server/develop/features/contract.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { deleteViewSource } from "#server/develop/features/definitions/delete-view-source.ts";
import { listViewSources } from "#server/develop/features/definitions/queries.ts";
import type {
  DefineFeatureConnection,
  DeleteFeatureConnection,
} from "#server/develop/features/sources/connections/contract.ts";
import { defineFeatureConnection } from "#server/develop/features/sources/connections/define-feature-connection.ts";
import { deleteFeatureConnection } from "#server/develop/features/sources/connections/delete-feature-connection.ts";
import { listFeatureConnections } from "#server/develop/features/sources/connections/queries.ts";
import { testFeatureConnection } from "#server/develop/features/sources/connections/test-feature-connection.ts";

export async function saveSourceAction(input: DefineViewSource & { isNew: boolean }) {
  const state = await act(async (ctx) => {
    const { isNew, ...source } = input;
    if (isNew && (await listViewSources(ctx)).some(({ name }) => name === source.name)) {
      throw new DomainError("conflict", `A source named "${source.name}" already exists.`, { field: "name" });
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

export async function saveConnectionAction(input: DefineFeatureConnection & { isNew: boolean }) {
  const state = await act(async (ctx) => {
    const { isNew, ...connection } = input;
    if (isNew && (await listFeatureConnections(ctx)).some(({ name }) => name === connection.name)) {
      throw new DomainError("conflict", `A connection named "${connection.name}" already exists.`, { field: "name" });
    }
    await defineFeatureConnection(ctx, connection, runtime().config.webhooks);
  });
  if (state.ok) revalidatePath("/features/sources");
  return state;
}

export async function testConnectionAction(name: string) {
  return act((ctx) => testFeatureConnection(ctx, name, runtime().config.webhooks));
}

export async function deleteConnectionAction(input: DeleteFeatureConnection) {
  const state = await act((ctx) => deleteFeatureConnection(ctx, input));
  if (state.ok) revalidatePath("/features/sources");
  return state;
}
