import type { EntityChoice } from "#components/develop/features/form/view-draft.ts";
import type { Context } from "#server/base/context.ts";
import type { FeatureType } from "#server/develop/features/contract.ts";
import {
  listFeatureEntities,
  listFeatureViews,
  listViewSources,
} from "#server/develop/features/definitions/queries.ts";

/** Feast's clients give views without entities this one, which stands for none. */
const noEntity = "__dummy";

/** Reads what the form of a view offers. @param name the view that is edited, whose own features are no inputs */
export async function readFormChoices(ctx: Context, name?: string) {
  const entities = await listFeatureEntities(ctx);
  const sources = await listViewSources(ctx);
  const views = await listFeatureViews(ctx);
  const types: Record<string, FeatureType> = {};
  for (const { name: view, current } of views.filter((one) => one.name !== name)) {
    const stored = [...current.features, ...current.expressions.filter(({ at }) => at === "arrival")];
    for (const { name: feature, type } of stored) types[`${view}:${feature}`] = type;
  }
  return {
    entities: entities
      .filter((entity) => entity.name !== noEntity)
      .map(({ name: entity, joinKey, type }): EntityChoice => ({ name: entity, joinKey, type })),
    sources: sources.map((source) => source.name),
    types,
  };
}
