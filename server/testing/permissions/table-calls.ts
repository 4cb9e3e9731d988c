import { deleteRuns } from "#server/develop/tracking/bulk/delete-runs.ts";
import { restoreRuns } from "#server/develop/tracking/bulk/restore-runs.ts";
import { tagRuns } from "#server/develop/tracking/bulk/tag-runs.ts";
import { getRunEnvironment, listRunFiles } from "#server/develop/tracking/compare/file-queries.ts";
import { listRunValues } from "#server/develop/tracking/compare/value-queries.ts";
import { exportRuns } from "#server/develop/tracking/export/export-runs.ts";
import { listFieldValues, searchRunFields } from "#server/develop/tracking/tables/field-queries.ts";
import { groupRuns } from "#server/develop/tracking/tables/group-queries.ts";
import { getGroupedRuns } from "#server/develop/tracking/tables/grouped-runs.ts";
import { createView } from "#server/develop/tracking/views/create-view.ts";
import { deleteView } from "#server/develop/tracking/views/delete-view.ts";
import { listViews } from "#server/develop/tracking/views/queries.ts";
import { updateView } from "#server/develop/tracking/views/update-view.ts";
import { getChartCurves, getRunWorkspace } from "#server/develop/tracking/workspace/queries.ts";
import type { Calls } from "./call.ts";

/** Tables of runs: their fields, groups, files, bulk changes and saved views. */
export const tableCalls = {
  searchRunFields: (ctx, { experimentId }) => searchRunFields(ctx, { experimentId, kind: "param" }),
  listFieldValues: (ctx, { experimentId }) =>
    listFieldValues(ctx, { experimentId, field: "params.param", words: "", limit: 5 }),
  groupRuns: (ctx, { experimentId }) => groupRuns(ctx, { experimentId, by: "params.param", metrics: ["loss"] }),
  getGroupedRuns: (ctx, { experimentId }) =>
    getGroupedRuns(ctx, {
      experimentId,
      filter: "",
      by: "params.param",
      opened: [null],
      sort: undefined,
      columns: undefined,
      offset: 0,
      limit: 5,
    }),
  getRunWorkspace: (ctx, { experimentId }) =>
    getRunWorkspace(ctx, { experimentId, filter: "", sort: undefined, groupBy: "seed" }),
  getChartCurves: (ctx, { experimentId, runId }) =>
    getChartCurves(ctx, { experimentId, runIds: [runId], keys: ["loss"], x: "step" }),
  listRunValues: (ctx, { runId }) => listRunValues(ctx, { runIds: [runId], columns: ["params.param"] }),
  listRunFiles: (ctx, { store, runId }) => listRunFiles(ctx, store, runId),
  getRunEnvironment: (ctx, { store, runId }) => getRunEnvironment(ctx, store, runId),
  exportRuns: async (ctx, { experimentId }) =>
    (await exportRuns(ctx, { experimentId, format: "csv", filter: "" })).toArray(),
  tagRuns: (ctx, { experimentId, runId }) => tagRuns(ctx, { experimentId, runIds: [runId], key: "team", value: "x" }),
  deleteRuns: (ctx, { experimentId }) => deleteRuns(ctx, { experimentId, filter: "", reason: "tried" }),
  restoreRuns: (ctx, { experimentId }) => restoreRuns(ctx, { experimentId, filter: "" }),
  listViews: (ctx, { experimentId }) => listViews(ctx, experimentId),
  createView: (ctx, { experimentId }) => createView(ctx, { experimentId, name: "new", state: { filter: "" } }),
  updateView: (ctx, { viewId }) => updateView(ctx, { viewId, name: "renamed" }),
  deleteView: (ctx, { viewId }) => deleteView(ctx, { viewId }),
} as const satisfies Calls;
