import { applyRetention } from "#server/admin/trash/apply-retention.ts";
import { listTrash } from "#server/admin/trash/list-trash.ts";
import { purgeTrash } from "#server/admin/trash/purge-trash.ts";
import { listPurges, previewPurge } from "#server/admin/trash/queries.ts";
import { requestPurge } from "#server/admin/trash/request-purge.ts";
import { getExperimentRetention, getRetention } from "#server/admin/trash/retention-queries.ts";
import { setExperimentRetention } from "#server/admin/trash/set-experiment-retention.ts";
import { setRetention } from "#server/admin/trash/set-retention.ts";
import { restoreTrashedModel } from "#server/develop/registry/trash/restore-trashed-model.ts";
import { restoreLoggedModel } from "#server/develop/tracking/models/restore-logged-model.ts";
import type { Calls } from "./call.ts";

const rule = { deleteRunsAfterDays: 1, purgeAfterDays: 1 };

/** The trash, and the rules that fill and empty it. */
export const trashCalls = {
  listTrash: (ctx) => listTrash(ctx, {}),
  previewPurge: (ctx, { trashedRunId }) => previewPurge(ctx, { kind: "run", id: trashedRunId }),
  listPurges: (ctx) => listPurges(ctx),
  requestPurge: (ctx, { trashedRunId }) => requestPurge(ctx, { kind: "run", id: trashedRunId, reason: "x" }),
  purgeTrash: (ctx) => purgeTrash(ctx),
  getRetention: (ctx) => getRetention(ctx),
  getExperimentRetention: (ctx, { experimentId }) => getExperimentRetention(ctx, { experimentId }),
  setRetention: (ctx) => setRetention(ctx, rule),
  setExperimentRetention: (ctx, { experimentId }) => setExperimentRetention(ctx, { experimentId, rule }),
  applyRetention: (ctx) => applyRetention(ctx),
  restoreTrashedModel: (ctx, { trashedModelId }) => restoreTrashedModel(ctx, trashedModelId),
  restoreLoggedModel: (ctx, { loggedModelId }) => restoreLoggedModel(ctx, loggedModelId),
} as const satisfies Calls;
