import { randomUUID } from "node:crypto";
import { DomainError } from "#server/base/errors.ts";
import { exportToDataset } from "#server/improve/labelling/flows/export-to-dataset.ts";
import { freezeAudit } from "#server/improve/labelling/flows/freeze-audit.ts";
import { performExport } from "#server/improve/labelling/flows/perform-export.ts";
import { getPreLabelComparison } from "#server/improve/labelling/flows/pre-label-queries.ts";
import { getLabelFlow, getLabelTrigger } from "#server/improve/labelling/flows/queries.ts";
import { recordSettledLabels } from "#server/improve/labelling/flows/record-settled-labels.ts";
import { maintainLabels } from "#server/improve/labelling/maintain-labels.ts";
import { performLabelRun } from "#server/improve/labelling/runs/perform-label-run.ts";
import { getLabelRun, listLabelRuns, listSuspects } from "#server/improve/labelling/runs/queries.ts";
import { relabelTasks } from "#server/improve/labelling/runs/relabel-tasks.ts";
import { requestLabelRun } from "#server/improve/labelling/runs/request-label-run.ts";
import {
  getLabelSummary,
  getPersonHistory,
  listLabelBacklogs,
} from "#server/improve/labelling/runs/summary-queries.ts";
import { addDatasetRows } from "#server/improve/labelling/sources/add-dataset-rows.ts";
import { fillProject } from "#server/improve/labelling/sources/fill-project.ts";
import { maintainTasks } from "#server/improve/labelling/sources/maintain-tasks.ts";
import { sendToLabels } from "#server/improve/labelling/sources/send-to-labels.ts";
import type { Calls } from "./call.ts";

const noFile = () => Promise.reject(new Error("no file"));
const artifacts = { open: noFile, stat: noFile, put: noFile };

const unless = (code: DomainError["code"]) => (cause: unknown) => {
  if (!(cause instanceof DomainError) || cause.code !== code) throw cause;
};

/** Runs over labels, where tasks come from, and where labels go. */
export const labelFlowCalls = {
  listLabelRuns: (ctx, { labelProjectId: projectId }) => listLabelRuns(ctx, { projectId }),
  getLabelRun: (ctx, { labelProjectId: projectId }) => getLabelRun(ctx, { projectId }),
  listSuspects: (ctx, { labelProjectId: projectId }) => listSuspects(ctx, { projectId }),
  requestLabelRun: (ctx, { labelProjectId: projectId }) => requestLabelRun(ctx, { projectId }),
  performLabelRun: (ctx, { labelRunId: runId }) => performLabelRun(ctx, { runId }, artifacts),
  relabelTasks: (ctx, { labelProjectId: projectId, labelTaskId }) =>
    relabelTasks(ctx, { projectId, taskIds: [labelTaskId] }),
  recordSettledLabels: (ctx, { labelProjectId }) => recordSettledLabels(ctx, labelProjectId),
  maintainTasks: (ctx, { labelProjectId }) => maintainTasks(ctx, labelProjectId),
  maintainLabels: (ctx) => maintainLabels(ctx),
  exportToDataset: (ctx, { labelProjectId: projectId }) => exportToDataset(ctx, { projectId, dataset: "labels" }),
  // The matrix has no audit of two people, so whoever may freeze one is told so.
  freezeAudit: (ctx, { labelProjectId: projectId }) =>
    freezeAudit(ctx, { projectId, name: "audit", from: new Date(0), to: new Date() }).catch(unless("invalid")),
  performExport: (ctx, { labelProjectId: projectId, store }) =>
    performExport(ctx, { projectId, exportId: randomUUID() }, { artifacts: store, maxBytes: 1000 }),
  getLabelFlow: (ctx, { labelProjectId: projectId }) => getLabelFlow(ctx, { projectId }),
  getLabelTrigger: (ctx, { labelProjectId: projectId }) => getLabelTrigger(ctx, { projectId, since: new Date(0) }),
  getPreLabelComparison: (ctx, { labelProjectId: projectId }) => getPreLabelComparison(ctx, { projectId }),
  getLabelSummary: (ctx, { labelProjectId: projectId }) => getLabelSummary(ctx, { projectId }),
  listLabelBacklogs: (ctx) => listLabelBacklogs(ctx),
  getPersonHistory: (ctx, { labelProjectId: projectId }) => getPersonHistory(ctx, { projectId, person: ctx.actor.id }),
  getOthersHistory: (ctx, { labelProjectId: projectId }) => getPersonHistory(ctx, { projectId, person: "another" }),
  // No project labels the endpoint of the matrix.
  sendToLabels: (ctx, { endpointId }) =>
    sendToLabels(ctx, { endpointId, requestId: "1" }, artifacts).catch(unless("conflict")),
  addDatasetRows: (ctx, { labelProjectId: projectId }) =>
    addDatasetRows(ctx, { projectId, dataset: "none", digest: "none" }, artifacts).catch(unless("not-found")),
  fillProject: (ctx, { labelProjectId }) => fillProject(ctx, labelProjectId, { artifacts, now: Date.now() }),
} as const satisfies Calls;
