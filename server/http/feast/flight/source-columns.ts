import type { Context } from "#server/base/context.ts";
import type { FeatureType, FeatureView } from "#server/develop/features/contract.ts";
import { listFeatureViews, listViewSources } from "#server/develop/features/definitions/queries.ts";
import { FeastRefusal } from "../error-detail.ts";

/** Names of Arrow's types, as Python writes them. */
const arrowNames: Record<string, string> = {
  int32: "int32",
  int64: "int64",
  float32: "float",
  float64: "double",
  string: "string",
  json: "string",
  map: "string",
  bytes: "binary",
  bool: "bool",
  timestamp: "timestamp[us, tz=UTC]",
};

/** Returns the name of a type as Python's Arrow writes it: "list<item: int64>". */
function arrowTypeName(type: FeatureType): string {
  const item = /^list<(.*)>$/.exec(type)?.[1];
  return item === undefined ? (arrowNames[type] ?? type) : `list<item: ${arrowNames[item] ?? item}>`;
}

/** Returns the views that a source feeds: directly, or as the history of their push source. */
async function viewsOfSource(ctx: Context, name: string): Promise<FeatureView[]> {
  const views = await listFeatureViews(ctx);
  const sources = await listViewSources(ctx);
  // A view without a source has one for Feast's clients.
  const own = views.filter((view) => view.source === null && `leeway:${view.name}` === name);
  if (own.length > 0) return own;
  if (!sources.some((source) => source.name === name)) {
    const message = `Data source "${name}" not found in this project.`;
    throw new FeastRefusal("DataSourceObjectNotFoundException", "not-found", message);
  }
  const feeding = new Set(
    sources.flatMap((source) => (source.name === name || source.options.batchSource === name ? [source.name] : [])),
  );
  return views.filter(({ source }) => source !== null && feeding.has(source));
}

/**
 * Lists the columns of a source with their types, as far as its views know them.
 * @throws FeastRefusal for a source that is not defined
 */
export async function sourceColumns(ctx: Context, name: string): Promise<{ name: string; type: string }[]> {
  const columns = new Map<string, string>();
  for (const view of await viewsOfSource(ctx, name)) {
    for (const { joinKey, type } of view.current.entities) columns.set(joinKey, arrowTypeName(type));
    for (const feature of view.current.features) columns.set(feature.name, arrowTypeName(feature.type));
    columns.set(view.eventTimeColumn, arrowTypeName("timestamp"));
    if (view.createdTimeColumn) columns.set(view.createdTimeColumn, arrowTypeName("timestamp"));
  }
  return [...columns].map(([column, type]) => ({ name: column, type }));
}
