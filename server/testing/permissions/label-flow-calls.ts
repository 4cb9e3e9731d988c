import { recordSettledLabels } from "#server/improve/labelling/flows/record-settled-labels.ts";
import { performLabelRun } from "#server/improve/labelling/runs/perform-label-run.ts";
import { getLabelRun, listLabelRuns, listSuspects } from "#server/improve/labelling/runs/queries.ts";
import { relabelTasks } from "#server/improve/labelling/runs/relabel-tasks.ts";
import { requestLabelRun } from "#server/improve/labelling/runs/request-label-run.ts";
import { fillProject } from "#server/improve/labelling/sources/fill-project.ts";
import type { Calls } from "./call.ts";

const noFile = () => Promise.reject(new Error("no file"));
const artifacts = { open: noFile, stat: noFile, put: noFile };

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
  fillProject: (ctx, { labelProjectId }) => fillProject(ctx, labelProjectId, { artifacts, now: Date.now() }),
} as const satisfies Calls;
