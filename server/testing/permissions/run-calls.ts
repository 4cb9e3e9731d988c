import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { deleteLoggedModel } from "#server/develop/tracking/models/delete-logged-model.ts";
import { deleteLoggedModelTag } from "#server/develop/tracking/models/delete-logged-model-tag.ts";
import { finishLoggedModel } from "#server/develop/tracking/models/finish-logged-model.ts";
import { logLoggedModelParams } from "#server/develop/tracking/models/log-logged-model-params.ts";
import { getLoggedModel, listRunModels } from "#server/develop/tracking/models/queries.ts";
import { searchLoggedModels } from "#server/develop/tracking/models/search.ts";
import { setLoggedModelTags } from "#server/develop/tracking/models/set-logged-model-tags.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { deleteRunTag } from "#server/develop/tracking/runs/delete-run-tag.ts";
import { listProbableDuplicates } from "#server/develop/tracking/runs/duplicate-queries.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { logModelJson } from "#server/develop/tracking/runs/log-model-json.ts";
import { logOutputs } from "#server/develop/tracking/runs/log-outputs.ts";
import { logParam } from "#server/develop/tracking/runs/log-param.ts";
import { getRun, searchRuns } from "#server/develop/tracking/runs/queries.ts";
import { restoreRun } from "#server/develop/tracking/runs/restore-run.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";
import { writeNote } from "#server/develop/tracking/runs/write-note.ts";
import { getRunRelatives } from "#server/develop/tracking/tables/relatives-query.ts";
import type { Calls } from "./call.ts";

const tag = { key: "another", value: "x" };
const dataset = { name: "other", digest: "d", sourceType: "local", source: "here" };

/** Runs and logged models. */
export const runCalls = {
  createRun: (ctx, { experimentId }) => createRun(ctx, { experimentId }),
  listProbableDuplicates: (ctx, { experimentId }) => listProbableDuplicates(ctx, experimentId),
  updateRun: (ctx, { runId }) => updateRun(ctx, { runId, status: "FINISHED" }),
  deleteRun: (ctx, { runId }) => deleteRun(ctx, runId),
  restoreRun: (ctx, { runId }) => restoreRun(ctx, runId),
  setRunTag: (ctx, { runId }) => setRunTag(ctx, { runId, ...tag }),
  writeNote: (ctx, { runId }) => writeNote(ctx, { runId, note: "why it was tried" }),
  deleteRunTag: (ctx, { runId }) => deleteRunTag(ctx, { runId, key: "tag" }),
  logParam: (ctx, { runId }) => logParam(ctx, { runId, ...tag }),
  logInputs: (ctx, { runId }) => logInputs(ctx, { runId, datasets: [dataset] }),
  logOutputs: (ctx, { runId, loggedModelId }) =>
    logOutputs(ctx, { runId, models: [{ modelId: loggedModelId, step: 1 }] }),
  logModelJson: (ctx, { runId }) =>
    logModelJson(ctx, {
      runId,
      modelJson: JSON.stringify({ artifact_path: "m", flavors: {}, utc_time_created: "", run_id: runId }),
    }),
  getRun: (ctx, { runId }) => getRun(ctx, runId),
  getRunRelatives: (ctx, { runId }) => getRunRelatives(ctx, runId),
  listRunModels: (ctx, { runId }) => listRunModels(ctx, runId),
  searchRuns: (ctx, { experimentId }) => searchRuns(ctx, { experimentIds: [experimentId], limit: 10 }),
  createLoggedModel: (ctx, { experimentId }) => createLoggedModel(ctx, { experimentId, params: [], tags: [] }),
  logLoggedModelParams: (ctx, { loggedModelId }) =>
    logLoggedModelParams(ctx, { modelId: loggedModelId, params: [tag] }),
  finishLoggedModel: (ctx, { loggedModelId }) =>
    finishLoggedModel(ctx, { modelId: loggedModelId, status: "LOGGED_MODEL_READY" }),
  deleteLoggedModel: (ctx, { loggedModelId }) => deleteLoggedModel(ctx, loggedModelId),
  setLoggedModelTags: (ctx, { loggedModelId }) => setLoggedModelTags(ctx, { modelId: loggedModelId, tags: [tag] }),
  deleteLoggedModelTag: (ctx, { loggedModelId }) => deleteLoggedModelTag(ctx, { modelId: loggedModelId, key: "tag" }),
  getLoggedModel: (ctx, { loggedModelId }) => getLoggedModel(ctx, { modelId: loggedModelId }),
  searchLoggedModels: (ctx, { experimentId }) => searchLoggedModels(ctx, { experimentIds: [experimentId], limit: 10 }),
} as const satisfies Calls;
