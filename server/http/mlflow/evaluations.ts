import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";
import {
  type EvaluationDataset,
  type EvaluationRecord,
  NewEvaluationRecord,
} from "#server/develop/tracking/evaluations/contract.ts";
import { createEvaluationDataset } from "#server/develop/tracking/evaluations/create-evaluation-dataset.ts";
import { deleteEvaluationDataset } from "#server/develop/tracking/evaluations/delete-evaluation-dataset.ts";
import { deleteEvaluationRecords } from "#server/develop/tracking/evaluations/delete-evaluation-records.ts";
import { linkEvaluationDataset } from "#server/develop/tracking/evaluations/link-evaluation-dataset.ts";
import { getEvaluationDataset, listEvaluationRecords } from "#server/develop/tracking/evaluations/queries.ts";
import { searchEvaluationDatasets } from "#server/develop/tracking/evaluations/search.ts";
import { tagEvaluationDataset } from "#server/develop/tracking/evaluations/tag-evaluation-dataset.ts";
import { upsertEvaluationRecords } from "#server/develop/tracking/evaluations/upsert-evaluation-records.ts";
import { type Call, call } from "./call.ts";
import { int64, list, required, text, withDefault } from "./fields.ts";
import { experimentIdOf, experimentIdsOf, pageSizeOf } from "./ids.ts";
import { compact } from "./shapes.ts";

const options = { version: "3.0" } as const;
const maxPageSize = 1000;
const one = { dataset_id: required(text()) };
const experiments = { experiment_ids: list(required(text())) };
const paging = { max_results: withDefault(int64(), maxPageSize), page_token: text() };
const ofDataset = "datasets/:dataset_id";
const Tags = z.record(z.string(), z.string().nullable());

/** Evaluation datasets. Tags, schema, profile and records travel as JSON in a string, as MLflow's client reads them. */
export const evaluationCalls: Call[] = [
  call(
    "POST",
    "datasets/create",
    { name: required(text()), ...experiments, tags: text() },
    async (ctx, { name, experiment_ids, tags }) => {
      const given = Object.entries(parsed("tags", Tags, tags ?? "{}"));
      const kept = Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== null));
      const experimentIds = experiment_ids.map(experimentIdOf);
      return { dataset: onWire(await createEvaluationDataset(ctx, { name, experimentIds, tags: kept })) };
    },
    options,
  ),
  call(
    "POST",
    "datasets/search",
    { ...experiments, filter_string: withDefault(text(), ""), order_by: list(withDefault(text(), "")), ...paging },
    async (ctx, input) => {
      const { rows, nextPageToken } = await searchEvaluationDatasets(ctx, {
        experimentIds: experimentIdsOf(input.experiment_ids),
        filter: input.filter_string,
        orderBy: input.order_by,
        limit: pageSizeOf(input.max_results, maxPageSize),
        pageToken: input.page_token,
      });
      return compact({ datasets: rows.map(onWire), next_page_token: nextPageToken });
    },
    options,
  ),
  call(
    "GET",
    ofDataset,
    one,
    async (ctx, { dataset_id }) => ({ dataset: onWire(await getEvaluationDataset(ctx, dataset_id)) }),
    options,
  ),
  call(
    "DELETE",
    ofDataset,
    one,
    async (ctx, { dataset_id }) => {
      await deleteEvaluationDataset(ctx, dataset_id);
      return {};
    },
    options,
  ),
  call(
    "PATCH",
    `${ofDataset}/tags`,
    { ...one, tags: required(text(limits.fileTextLength)) },
    async (ctx, { dataset_id: id, tags }) => {
      await tagEvaluationDataset(ctx, { id, tags: parsed("tags", Tags, tags) });
      return {};
    },
    options,
  ),
  call(
    "DELETE",
    `${ofDataset}/tags/*`,
    { ...one, "*": required(text()) },
    async (ctx, { dataset_id: id, "*": key }) => {
      await tagEvaluationDataset(ctx, { id, tags: { [key]: null } });
      return {};
    },
    options,
  ),
  call(
    "POST",
    `${ofDataset}/records`,
    { ...one, records: required(text(limits.fileTextLength)) },
    async (ctx, { dataset_id: id, records }) => {
      const { inserted, updated } = await upsertEvaluationRecords(ctx, {
        id,
        records: parsed("records", z.array(NewEvaluationRecord), records),
      });
      return { inserted_count: inserted, updated_count: updated };
    },
    options,
  ),
  call(
    "GET",
    `${ofDataset}/records`,
    { ...one, ...paging },
    async (ctx, { dataset_id: id, max_results, page_token: pageToken }) => {
      const limit = pageSizeOf(max_results, maxPageSize);
      const { rows, nextPageToken } = await listEvaluationRecords(ctx, { id, limit, pageToken });
      return compact({ records: JSON.stringify(rows.map(recordOnWire)), next_page_token: nextPageToken });
    },
    options,
  ),
  call(
    "DELETE",
    `${ofDataset}/records`,
    { ...one, dataset_record_ids: list(required(text())) },
    async (ctx, { dataset_id: id, dataset_record_ids: recordIds }) => ({
      deleted_count: await deleteEvaluationRecords(ctx, { id, recordIds }),
    }),
    options,
  ),
  call(
    "GET",
    `${ofDataset}/experiment-ids`,
    one,
    async (ctx, { dataset_id }) =>
      compact({ experiment_ids: (await getEvaluationDataset(ctx, dataset_id)).experimentIds.map(String) }),
    options,
  ),
  ...(["add", "remove"] as const).map((action) =>
    call(
      "POST",
      `${ofDataset}/${action}-experiments`,
      { ...one, ...experiments },
      async (ctx, { dataset_id: id, experiment_ids }) => {
        const experimentIds = experiment_ids.map(experimentIdOf);
        return { dataset: onWire(await linkEvaluationDataset(ctx, { id, action, experimentIds })) };
      },
      options,
    ),
  ),
];

/** @throws DomainError "invalid" when the text is not JSON of that form. */
function parsed<Value>(name: string, schema: z.ZodType<Value>, sent: string): Value {
  rejectDeepJson(sent);
  let content: unknown;
  try {
    content = JSON.parse(sent);
  } catch (cause) {
    throw new DomainError("invalid", `Parameter '${name}' is not JSON.`, { cause });
  }
  const { data, error } = schema.safeParse(content);
  if (!error) return data;
  const [issue] = error.issues;
  throw new DomainError("invalid", `Parameter '${name}', at ${issue?.path.join(".") || "its top"}: ${issue?.message}`);
}

function onWire(dataset: EvaluationDataset): object {
  const { schema, records } = dataset;
  return compact({
    dataset_id: dataset.id,
    name: dataset.name,
    tags: JSON.stringify(dataset.tags),
    schema: schema && JSON.stringify({ ...schema, version: "1.0" }),
    profile: records > 0 ? JSON.stringify({ num_records: records }) : null,
    digest: dataset.digest,
    created_time: dataset.createdAt,
    last_update_time: dataset.updatedAt,
    created_by: dataset.createdBy,
    last_updated_by: dataset.updatedBy,
    experiment_ids: dataset.experimentIds.map(String),
  });
}

function recordOnWire(record: EvaluationRecord): object {
  const source = record.source as { source_type?: unknown; source_data?: Record<string, unknown> } | null;
  return compact({
    dataset_record_id: record.id,
    dataset_id: record.datasetId,
    inputs: record.inputs,
    outputs: record.outputs,
    expectations: record.expectations,
    tags: record.tags ?? {},
    source,
    source_type: source?.source_type,
    source_id: source?.source_data?.trace_id ?? source?.source_data?.source_id,
    created_time: record.createdAt,
    last_update_time: record.updatedAt,
    created_by: record.createdBy,
    last_updated_by: record.updatedBy,
  });
}
