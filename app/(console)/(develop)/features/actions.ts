"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { DomainError } from "#server/base/errors.ts";
import type {
  DefineFeatureEntity,
  DefineFeatureView,
  DefineViewSource,
  DeleteDefinition,
} from "#server/develop/features/contract.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { deleteFeatureView } from "#server/develop/features/definitions/delete-feature-view.ts";
import { previewFeatureView } from "#server/develop/features/definitions/preview-feature-view.ts";
import { getFeatureView } from "#server/develop/features/definitions/queries.ts";
import { checkFeatureExpression } from "#server/develop/features/expressions/check-feature-expression.ts";
import type { CheckExpression } from "#server/develop/features/expressions/contract.ts";

const refresh = () => revalidatePath("/features", "layout");

/** Creates a view; refuses the name of one that exists, which would be changed. */
export async function createViewAction(input: DefineFeatureView) {
  const state = await act(async (ctx) => {
    const known = await getFeatureView(ctx, input.name).catch(() => undefined);
    if (known) {
      throw new DomainError("conflict", `A feature view "${input.name}" exists. Choose another name.`, {
        field: "name",
      });
    }
    const { definition } = await defineFeatureView(ctx, input);
    return { name: definition.name, version: definition.current.version };
  });
  refresh();
  return state;
}

export async function changeViewAction(input: DefineFeatureView) {
  const state = await act(async (ctx) => {
    const { definition } = await defineFeatureView(ctx, input);
    return { name: definition.name, version: definition.current.version };
  });
  refresh();
  return state;
}

export async function previewViewAction(input: DefineFeatureView) {
  return act((ctx) => previewFeatureView(ctx, input));
}

export async function deleteViewAction(input: DeleteDefinition) {
  const state = await act((ctx) => deleteFeatureView(ctx, input));
  refresh();
  return state;
}

export async function createEntityAction(input: DefineFeatureEntity) {
  const state = await act(async (ctx) => {
    const { name, joinKey, type } = (await defineFeatureEntity(ctx, input)).definition;
    return { name, joinKey, type };
  });
  refresh();
  return state;
}

export async function createSourceAction(input: DefineViewSource) {
  const state = await act(async (ctx) => ({ name: (await defineViewSource(ctx, input)).definition.name }));
  refresh();
  return state;
}

/** Checks an expression while it is written. A mistake is a result: it has a place in the text. */
export async function checkExpressionAction(input: CheckExpression) {
  return act(async (ctx) => {
    try {
      return { reads: [...checkFeatureExpression(ctx, input).reads], problem: null, column: null };
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "invalid") throw error;
      return { reads: null, problem: error.message, column: error.column ?? null };
    }
  });
}
