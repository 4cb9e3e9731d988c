import { DomainError } from "#server/base/errors.ts";
import { searchModelVersions, searchRegisteredModels } from "#server/develop/registry/search/queries.ts";
import { type Call, call } from "./call.ts";
import { type Field, int64, list, text, withDefault, wrongType } from "./fields.ts";
import { modelShape, versionShape } from "./registry-shapes.ts";

const maxModels = 1000;
const maxVersions = 200_000;
/** Default page size for a client that sends none; MLflow's own client requests 10,000. */
const usualVersions = 10_000;

const shape = {
  filter: withDefault(text(), ""),
  order_by: list(withDefault(text(), "")),
  page_token: withDefault(text(), ""),
};

/** Searches for models and versions. */
export const registrySearchCalls: Call[] = [
  call("GET", "registered-models/search", { ...shape, max_results: limit(100, maxModels) }, async (ctx, input) => {
    const { rows, nextPageToken } = await searchRegisteredModels(ctx, searchOf(input));
    return {
      ...(rows.length > 0 && { registered_models: rows.map(modelShape) }),
      ...(nextPageToken && { next_page_token: nextPageToken }),
    };
  }),
  call(
    "GET",
    "model-versions/search",
    { ...shape, max_results: limit(usualVersions, maxVersions) },
    async (ctx, input) => {
      const { rows, nextPageToken } = await searchModelVersions(ctx, searchOf(input));
      return {
        ...(rows.length > 0 && { model_versions: rows.map(versionShape) }),
        ...(nextPageToken && { next_page_token: nextPageToken }),
      };
    },
  ),
];

function searchOf(input: { filter: string; order_by: string[]; page_token: string; max_results: number }) {
  return { filter: input.filter, orderBy: input.order_by, pageToken: input.page_token, limit: input.max_results };
}

/** Reads the page size: 0 would make a client request the next page for ever. */
function limit(usual: number, most: number): Field<number> {
  return {
    read(sent, path) {
      const value = int64().read(sent, path) ?? usual;
      if (value > most) throw wrongType(sent, path);
      if (value > 0) return value;
      throw new DomainError("invalid", `Invalid value for ${path}. It must be a positive integer, but got ${value}`);
    },
  };
}
