import { createEvaluationDataset } from "#server/develop/tracking/evaluations/create-evaluation-dataset.ts";
import { deleteEvaluationDataset } from "#server/develop/tracking/evaluations/delete-evaluation-dataset.ts";
import { deleteEvaluationRecords } from "#server/develop/tracking/evaluations/delete-evaluation-records.ts";
import { linkEvaluationDataset } from "#server/develop/tracking/evaluations/link-evaluation-dataset.ts";
import { getEvaluationDataset, listEvaluationRecords } from "#server/develop/tracking/evaluations/queries.ts";
import { searchEvaluationDatasets } from "#server/develop/tracking/evaluations/search.ts";
import { tagEvaluationDataset } from "#server/develop/tracking/evaluations/tag-evaluation-dataset.ts";
import { upsertEvaluationRecords } from "#server/develop/tracking/evaluations/upsert-evaluation-records.ts";
import type { Calls } from "./call.ts";

/** Evaluation datasets and their records. */
export const evaluationCalls = {
  createEvaluationDataset: (ctx, { experimentId }) =>
    createEvaluationDataset(ctx, { name: "another", experimentIds: [experimentId] }),
  deleteEvaluationDataset: (ctx, { evaluationId }) => deleteEvaluationDataset(ctx, evaluationId),
  tagEvaluationDataset: (ctx, { evaluationId: id }) => tagEvaluationDataset(ctx, { id, tags: { another: "x" } }),
  linkEvaluationDataset: (ctx, { evaluationId: id, experimentId }) =>
    linkEvaluationDataset(ctx, { id, action: "remove", experimentIds: [experimentId] }),
  upsertEvaluationRecords: (ctx, { evaluationId: id }) =>
    upsertEvaluationRecords(ctx, { id, records: [{ inputs: { question: "another" } }] }),
  deleteEvaluationRecords: (ctx, { evaluationId: id, evaluationRecordId }) =>
    deleteEvaluationRecords(ctx, { id, recordIds: [evaluationRecordId] }),
  getEvaluationDataset: (ctx, { evaluationId }) => getEvaluationDataset(ctx, evaluationId),
  listEvaluationRecords: (ctx, { evaluationId: id }) => listEvaluationRecords(ctx, { id, limit: 10 }),
  searchEvaluationDatasets: (ctx, { experimentId }) =>
    searchEvaluationDatasets(ctx, { experimentIds: [experimentId], limit: 10 }),
} as const satisfies Calls;
