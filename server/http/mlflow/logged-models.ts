import { DomainError } from "#server/base/errors.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { listArtifacts } from "#server/develop/tracking/artifacts/queries.ts";
import { type LoggedModelStatus, loggedModelStatuses } from "#server/develop/tracking/models/contract.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { deleteLoggedModel } from "#server/develop/tracking/models/delete-logged-model.ts";
import { deleteLoggedModelTag } from "#server/develop/tracking/models/delete-logged-model-tag.ts";
import { finishLoggedModel } from "#server/develop/tracking/models/finish-logged-model.ts";
import { logLoggedModelParams } from "#server/develop/tracking/models/log-logged-model-params.ts";
import { getLoggedModel } from "#server/develop/tracking/models/queries.ts";
import { type DatasetName, searchLoggedModels } from "#server/develop/tracking/models/search.ts";
import { setLoggedModelTags } from "#server/develop/tracking/models/set-logged-model-tags.ts";
import { folderListing } from "./artifact-listing.ts";
import { type Call, call } from "./call.ts";
import { choice, flag, int64, keyAndValue, list, missing, record, required, text, withDefault } from "./fields.ts";
import { experimentIdOf, experimentIdsOf } from "./ids.ts";
import { compact, loggedModelOnWire } from "./shapes.ts";

const defaultPage = 100;
const maxPageSize = 50_000;
const one = { model_id: required(text()) };
const datasetName = { dataset_name: text(), dataset_digest: text() };

export const loggedModelCalls: Call[] = [
  call(
    "POST",
    "logged-models",
    {
      experiment_id: required(text()),
      name: text(),
      model_type: text(),
      source_run_id: text(),
      params: list(keyAndValue()),
      tags: list(keyAndValue()),
    },
    async (ctx, { experiment_id, name, model_type, source_run_id, params, tags }) => {
      const model = await createLoggedModel(ctx, {
        experimentId: experimentIdOf(experiment_id),
        name,
        modelType: model_type,
        sourceRunId: source_run_id,
        params,
        tags,
      });
      return { model: loggedModelOnWire(model) };
    },
  ),
  call("GET", "logged-models/:model_id", { ...one, allow_deleted: flag() }, async (ctx, input) => ({
    model: loggedModelOnWire(
      await getLoggedModel(ctx, { modelId: input.model_id, allowDeleted: input.allow_deleted ?? false }),
    ),
  })),
  call(
    "PATCH",
    "logged-models/:model_id",
    { ...one, status: required(choice<LoggedModelStatus>(loggedModelStatuses)) },
    async (ctx, { model_id, status }) => ({
      model: loggedModelOnWire(await finishLoggedModel(ctx, { modelId: model_id, status })),
    }),
  ),
  call("DELETE", "logged-models/:model_id", one, async (ctx, { model_id }) => {
    await deleteLoggedModel(ctx, model_id);
    return {};
  }),
  call("POST", "logged-models/:model_id/params", { ...one, params: list(keyAndValue()) }, async (ctx, input) => {
    await logLoggedModelParams(ctx, { modelId: input.model_id, params: input.params });
    return {};
  }),
  call("PATCH", "logged-models/:model_id/tags", { ...one, tags: list(keyAndValue()) }, async (ctx, input) => {
    await setLoggedModelTags(ctx, { modelId: input.model_id, tags: input.tags });
    return {};
  }),
  // Keys of tags may contain slashes.
  call("DELETE", "logged-models/:model_id/tags/*", { ...one, "*": required(text()) }, async (ctx, input) => {
    await deleteLoggedModelTag(ctx, { modelId: input.model_id, key: input["*"] });
    return {};
  }),
  call(
    "GET",
    "logged-models/:model_id/artifacts/directories",
    { ...one, artifact_directory_path: withDefault(text(), "") },
    async (ctx, { model_id, artifact_directory_path }, { artifacts }) => {
      const folder = artifact_directory_path.replace(/\/$/, "");
      pathInRoot("", folder);
      const { artifactUri } = await getLoggedModel(ctx, { modelId: model_id });
      return folderListing(artifactUri, folder, (path) => listArtifacts(ctx, artifacts, path));
    },
  ),
  call(
    "POST",
    "logged-models/search",
    {
      experiment_ids: list(required(text())),
      filter: text(),
      datasets: list(record(datasetName)),
      max_results: int64(),
      order_by: list(
        record({ field_name: withDefault(text(), ""), ascending: withDefault(flag(), true), ...datasetName }),
      ),
      page_token: text(),
    },
    async (ctx, input) => {
      if (input.experiment_ids.length === 0) throw missing("experiment_ids");
      const limit = input.max_results || defaultPage;
      if (limit < 0) {
        throw new DomainError(
          "invalid",
          `Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer`,
        );
      }
      const { rows, nextPageToken } = await searchLoggedModels(ctx, {
        experimentIds: experimentIdsOf(input.experiment_ids),
        filter: input.filter,
        datasets: input.datasets.map(({ dataset_name, dataset_digest }) => {
          if (dataset_name) return { name: dataset_name, digest: dataset_digest };
          throw new DomainError("invalid", "`dataset_name` in the `datasets` clause must be specified.");
        }),
        orderBy: input.order_by.map(({ field_name, ascending, dataset_name, dataset_digest }) => ({
          field: field_name,
          isAscending: ascending,
          dataset: dataset_name ? ({ name: dataset_name, digest: dataset_digest } satisfies DatasetName) : undefined,
        })),
        limit: Math.min(limit, maxPageSize),
        pageToken: input.page_token,
      });
      return compact({ models: rows.map(loggedModelOnWire), next_page_token: nextPageToken });
    },
  ),
];
