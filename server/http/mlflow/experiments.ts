import { DomainError } from "#server/base/errors.ts";
import { type ViewType, viewTypes } from "#server/develop/tracking/contract.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { deleteExperiment } from "#server/develop/tracking/experiments/delete-experiment.ts";
import { deleteExperimentTag } from "#server/develop/tracking/experiments/delete-experiment-tag.ts";
import {
  getExperiment,
  getExperimentByName,
  searchDatasets,
  searchExperiments,
} from "#server/develop/tracking/experiments/queries.ts";
import { renameExperiment } from "#server/develop/tracking/experiments/rename-experiment.ts";
import { restoreExperiment } from "#server/develop/tracking/experiments/restore-experiment.ts";
import { setExperimentTag } from "#server/develop/tracking/experiments/set-experiment-tag.ts";
import { type Call, call } from "./call.ts";
import { choice, int64, keyAndValue, list, required, text, withDefault } from "./fields.ts";
import { experimentIdOf, experimentIdsOf, pageSizeOf } from "./ids.ts";
import { compact, experimentOnWire } from "./shapes.ts";

const maxPageSize = 50_000;
const maxSummarised = 20;

const one = { experiment_id: required(text()) };
const search = (method: "GET" | "POST"): Call =>
  call(
    method,
    "experiments/search",
    {
      max_results: withDefault(int64(), 1000),
      filter: withDefault(text(), ""),
      order_by: list(required(text())),
      page_token: text(),
      view_type: withDefault(choice<ViewType>(viewTypes), "ACTIVE_ONLY"),
    },
    async (ctx, input) => {
      const { rows, nextPageToken } = await searchExperiments(ctx, {
        filter: input.filter,
        viewType: input.view_type,
        orderBy: input.order_by,
        limit: pageSizeOf(input.max_results, maxPageSize),
        pageToken: input.page_token,
      });
      return compact({ experiments: rows.map(experimentOnWire), next_page_token: nextPageToken });
    },
  );

export const experimentCalls: Call[] = [
  call(
    "POST",
    "experiments/create",
    { name: required(text()), artifact_location: text(), tags: list(keyAndValue()) },
    async (ctx, { name, artifact_location, tags }) => {
      const id = await createExperiment(ctx, { name, artifactLocation: artifact_location || undefined, tags });
      return { experiment_id: String(id) };
    },
  ),
  call("GET", "experiments/get", one, async (ctx, { experiment_id }) => ({
    experiment: experimentOnWire(await getExperiment(ctx, experimentIdOf(experiment_id))),
  })),
  call("GET", "experiments/get-by-name", { experiment_name: required(text()) }, async (ctx, { experiment_name }) => ({
    experiment: experimentOnWire(await getExperimentByName(ctx, experiment_name)),
  })),
  search("POST"),
  search("GET"),
  call("POST", "experiments/update", { ...one, new_name: required(text()) }, async (ctx, input) => {
    await renameExperiment(ctx, { experimentId: experimentIdOf(input.experiment_id), name: input.new_name });
    return {};
  }),
  call("POST", "experiments/delete", one, async (ctx, { experiment_id }) => {
    await deleteExperiment(ctx, experimentIdOf(experiment_id));
    return {};
  }),
  call("POST", "experiments/restore", one, async (ctx, { experiment_id }) => {
    await restoreExperiment(ctx, experimentIdOf(experiment_id));
    return {};
  }),
  call(
    "POST",
    "experiments/set-experiment-tag",
    { ...one, key: required(text()), value: withDefault(text(), "") },
    async (ctx, { experiment_id, key, value }) => {
      await setExperimentTag(ctx, { experimentId: experimentIdOf(experiment_id), key, value });
      return {};
    },
  ),
  call(
    "POST",
    "experiments/delete-experiment-tag",
    { ...one, key: required(text()) },
    async (ctx, { experiment_id, key }) => {
      await deleteExperimentTag(ctx, { experimentId: experimentIdOf(experiment_id), key });
      return {};
    },
  ),
  call(
    "POST",
    "experiments/search-datasets",
    { experiment_ids: list(required(text())) },
    async (ctx, { experiment_ids }) => {
      if (experiment_ids.length === 0) {
        throw new DomainError("invalid", "SearchDatasets request must specify at least one experiment_id.");
      }
      if (experiment_ids.length > maxSummarised) {
        throw new DomainError(
          "invalid",
          `SearchDatasets request cannot specify more than ${maxSummarised} experiment_ids. Received ${experiment_ids.length} experiment_ids.`,
        );
      }
      const found = await searchDatasets(ctx, experimentIdsOf(experiment_ids));
      const summaries = found.map(({ experimentId, name, digest, context }) =>
        compact({ experiment_id: String(experimentId), name, digest, context }),
      );
      return compact({ dataset_summaries: summaries });
    },
    { isForBrowsers: true },
  ),
];
