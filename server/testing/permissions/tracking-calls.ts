import { Readable } from "node:stream";
import { listArtifacts, openArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import { removeArtifact } from "#server/develop/tracking/artifacts/remove-artifact.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
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
import { listRunFindings, listWorkspaceFindings } from "#server/develop/tracking/health/queries.ts";
import { getMetricCurves } from "#server/develop/tracking/metrics/curve-queries.ts";
import {
  getMetricHistory,
  getMetricHistoryOfRuns,
  sampleMetricHistory,
} from "#server/develop/tracking/metrics/history-queries.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { logMetric } from "#server/develop/tracking/metrics/log-metric.ts";
import { countPointBytes, purgePoints } from "#server/develop/tracking/metrics/purge-points.ts";
import { listRunColumns } from "#server/develop/tracking/tables/column-queries.ts";
import { listLastSteps, listNanStarts, listSmallCurves } from "#server/develop/tracking/tables/curve-queries.ts";
import {
  getExperimentHead,
  getExperimentSummary,
  listExperimentSummaries,
} from "#server/develop/tracking/tables/experiment-queries.ts";
import { getRunTable } from "#server/develop/tracking/tables/run-table.ts";
import { getJobSpeed } from "#server/improve/training/speed/queries.ts";
import type { Calls } from "./call.ts";

const point = { key: "loss", value: 1, timestamp: 2, step: 2 };
const all = { filter: "", sort: undefined, columns: undefined, offset: 0, limit: 10 };

/** Experiments, metrics, artifacts, tables. Runs and logged models are in run-calls.ts. */
export const trackingCalls = {
  createDefaultExperiment: (ctx) => createDefaultExperiment(ctx),
  createExperiment: (ctx) => createExperiment(ctx, { name: "another" }),
  renameExperiment: (ctx, { experimentId }) => renameExperiment(ctx, { experimentId, name: "renamed" }),
  deleteExperiment: (ctx, { experimentId }) => deleteExperiment(ctx, experimentId),
  restoreExperiment: (ctx, { experimentId }) => restoreExperiment(ctx, experimentId),
  setExperimentTag: (ctx, { experimentId }) => setExperimentTag(ctx, { experimentId, key: "tag", value: "x" }),
  deleteExperimentTag: (ctx, { experimentId }) => deleteExperimentTag(ctx, { experimentId, key: "tag" }),
  getExperiment: (ctx, { experimentId }) => getExperiment(ctx, experimentId),
  getExperimentByName: (ctx, { experimentName }) => getExperimentByName(ctx, experimentName),
  searchExperiments: (ctx) => searchExperiments(ctx, { limit: 10 }),
  searchDatasets: (ctx, { experimentId }) => searchDatasets(ctx, [experimentId]),
  listExperimentSummaries: (ctx) => listExperimentSummaries(ctx, { offset: 0, limit: 10, now: Date.now() }),
  getExperimentHead: (ctx, { experimentId }) =>
    getExperimentHead(ctx, { idOrName: String(experimentId), now: Date.now() }),
  getExperimentSummary: (ctx, { experimentId }) =>
    getExperimentSummary(ctx, { idOrName: String(experimentId), now: Date.now() }),
  listRunColumns: (ctx, { experimentId }) => listRunColumns(ctx, experimentId),
  getRunTable: (ctx, { experimentId }) => getRunTable(ctx, { experimentId, ...all }),
  listSmallCurves: (ctx, { runId }) => listSmallCurves(ctx, { runIds: [runId], key: "loss" }),
  listNanStarts: (ctx, { runId }) => listNanStarts(ctx, [runId]),
  listLastSteps: (ctx, { runId }) => listLastSteps(ctx, [runId]),
  listRunFindings: (ctx, { runId }) => listRunFindings(ctx, { runIds: [runId] }),
  listWorkspaceFindings: (ctx, { experimentId }) => listWorkspaceFindings(ctx, { experimentId }),
  logMetric: (ctx, { runId }) => logMetric(ctx, { runId, ...point }),
  logBatch: (ctx, { runId }) => logBatch(ctx, { runId, metrics: [point], params: [], tags: [] }),
  getMetricHistory: async (ctx, { runId, trainingJobId }) => [
    await getMetricHistory(ctx, { runId, key: "loss", limit: 10 }),
    await getJobSpeed(ctx, trainingJobId),
  ],
  getMetricHistoryOfRuns: (ctx, { runId }) => getMetricHistoryOfRuns(ctx, { runIds: [runId], key: "loss", limit: 10 }),
  sampleMetricHistory: (ctx, { runId }) => sampleMetricHistory(ctx, { runIds: [runId], key: "loss", limit: 10 }),
  getMetricCurves: (ctx, { runId }) => getMetricCurves(ctx, { runIds: [runId], keys: ["loss"], maxPoints: 10 }),
  purgePoints: (ctx, { runId }) => purgePoints(ctx, [runId]),
  countPointBytes: (ctx, { runId }) => countPointBytes(ctx, [runId]),
  storeArtifact: (ctx, { store, artifactPath }) =>
    storeArtifact(ctx, store, { path: artifactPath, body: Readable.from([Buffer.from("x")]), maxBytes: 10 }),
  removeArtifact: (ctx, { store, artifactPath }) => removeArtifact(ctx, store, `${artifactPath}.not-there`),
  listArtifacts: (ctx, { store, artifactPath }) =>
    listArtifacts(ctx, store, artifactPath.slice(0, artifactPath.lastIndexOf("/"))),
  openArtifact: (ctx, { store, artifactPath }) => openArtifact(ctx, store, artifactPath),
} as const satisfies Calls;
