import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import type { WebDependencies } from "#server/http/server.ts";
import * as flows from "#server/improve/labelling/flows/contract.ts";
import { exportToDataset } from "#server/improve/labelling/flows/export-to-dataset.ts";
import { freezeAudit } from "#server/improve/labelling/flows/freeze-audit.ts";
import { getPreLabelComparison } from "#server/improve/labelling/flows/pre-label-queries.ts";
import { getLabelFlow, getLabelTrigger } from "#server/improve/labelling/flows/queries.ts";
import * as runs from "#server/improve/labelling/runs/contract.ts";
import { getLabelRun, listLabelRuns, listSuspects } from "#server/improve/labelling/runs/queries.ts";
import { relabelTasks } from "#server/improve/labelling/runs/relabel-tasks.ts";
import { requestLabelRun } from "#server/improve/labelling/runs/request-label-run.ts";
import { LabelBacklog, LabelSummary, PersonHistory } from "#server/improve/labelling/runs/summary-contract.ts";
import {
  getLabelSummary,
  getPersonHistory,
  listLabelBacklogs,
} from "#server/improve/labelling/runs/summary-queries.ts";
import { AddDatasetRows, addDatasetRows } from "#server/improve/labelling/sources/add-dataset-rows.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { labelProjectPath, ofLabelProject } from "./label-projects.ts";

import { route } from "./route.ts";

/** Where tasks of label projects come from, what runs find of their labels, and where labels go. */
export function labelFlows(app: FastifyInstance, { artifacts }: WebDependencies): void {
  labelRuns(app);
  labelSuspects(app);
  labelNumbers(app);
  labelExports(app, artifacts);
}

const params = ofLabelProject;

function labelRuns(app: FastifyInstance): void {
  const path = `${labelProjectPath}/runs` as const;
  const list = {
    summary: "List runs over the labels of a project with their agreement, newest first",
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
    response: z.object({ runs: z.array(runs.LabelRun) }),
  };
  route(app, { method: "GET", path, params, ...list }, async ({ ctx, params, query }) => ({
    runs: await listLabelRuns(ctx, { projectId: params.labelProject, ...query }),
  }));
  const start = {
    summary: "Start a run over the labels of a project: agreement, quality of people, suspected errors",
    response: z.object({ runId: z.number().int() }),
    status: 202,
  } as const;
  route(app, { method: "POST", path, params, ...start }, ({ ctx, params }) =>
    requestLabelRun(ctx, { projectId: params.labelProject }),
  );
  const newest = {
    summary: "Get the results of the newest finished run; null before the first",
    response: z.object({ run: runs.FinishedLabelRun.nullable() }),
  };
  route(app, { method: "GET", path: `${path}/newest`, params, ...newest }, async ({ ctx, params }) => ({
    run: await getLabelRun(ctx, { projectId: params.labelProject }),
  }));
}

function labelSuspects(app: FastifyInstance): void {
  const path = `${labelProjectPath}/suspects` as const;
  const list = {
    summary: "List suspected label errors, most doubtful first",
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    response: z.object({
      suspects: z.array(runs.ListedSuspect),
      total: z.number().int(),
      next: z.number().int().nullable(),
    }),
  };
  route(app, { method: "GET", path, params, ...list }, ({ ctx, params, query }) =>
    listSuspects(ctx, { projectId: params.labelProject, ...query }),
  );
  const relabel = {
    summary: "Queue tasks with suspected label errors again",
    body: runs.RelabelTasks.omit({ projectId: true }),
    response: z.object({ reopened: z.number().int() }),
  };
  route(app, { method: "POST", path: `${path}/relabel`, params, ...relabel }, ({ ctx, params, body }) =>
    relabelTasks(ctx, { projectId: params.labelProject, ...body }),
  );
}

function labelNumbers(app: FastifyInstance): void {
  const backlogs = {
    summary: "List items to label in active projects, late audit items first",
    response: z.object({ backlogs: z.array(LabelBacklog) }),
  };
  route(app, { method: "GET", path: "/label-backlogs", ...backlogs }, async ({ ctx }) => ({
    backlogs: await listLabelBacklogs(ctx),
  }));
  const summary = { summary: "Get the label quality and backlog of a project", response: LabelSummary };
  route(app, { method: "GET", path: `${labelProjectPath}/summary`, params, ...summary }, ({ ctx, params }) =>
    getLabelSummary(ctx, { projectId: params.labelProject }),
  );
  const compared = {
    summary: "Compare answers of people who saw the prediction with those who did not",
    response: flows.PreLabelComparison,
  };
  route(app, { method: "GET", path: `${labelProjectPath}/pre-labels`, params, ...compared }, ({ ctx, params }) =>
    getPreLabelComparison(ctx, { projectId: params.labelProject }),
  );
  const history = {
    summary: "Get the labelling history of a person; other people require the operator role",
    query: z.object({ person: z.string().max(200).optional().describe("Defaults to the caller.") }),
    response: PersonHistory,
  };
  route(app, { method: "GET", path: `${labelProjectPath}/history`, params, ...history }, ({ ctx, params, query }) =>
    getPersonHistory(ctx, { projectId: params.labelProject, person: query.person ?? ctx.actor.id }),
  );
}

function labelExports(app: FastifyInstance, artifacts: ArtifactStore): void {
  const path = `${labelProjectPath}/exports` as const;
  const flow = { summary: "Get the exports of a project's labels", response: flows.LabelFlow };
  route(app, { method: "GET", path: `${labelProjectPath}/flow`, params, ...flow }, ({ ctx, params }) =>
    getLabelFlow(ctx, { projectId: params.labelProject }),
  );
  const trigger = {
    summary: "Get the inputs of retraining triggers: fresh labels, agreement by class, noise",
    query: z.object({
      since: Instant.optional().describe(
        "Labels that are new or changed since then are fresh; defaults to the training data of the deployed version.",
      ),
    }),
    response: flows.LabelTrigger,
  };
  route(app, { method: "GET", path: `${labelProjectPath}/trigger`, params, ...trigger }, ({ ctx, params, query }) =>
    getLabelTrigger(ctx, { projectId: params.labelProject, ...query }),
  );
  const store = {
    summary: "Create a dataset version from all settled labels",
    body: flows.ExportToDataset.omit({ projectId: true }),
    response: flows.LabelExport,
    status: 202,
  } as const;
  route(app, { method: "POST", path, params, ...store }, ({ ctx, params, body }) =>
    exportToDataset(ctx, { projectId: params.labelProject, ...body }),
  );
  const freeze = {
    summary: "Freeze the random audit of a time range as an evaluation set",
    body: z.object({ name: flows.FreezeAudit.shape.name, from: Instant, to: Instant }),
    response: flows.LabelExport,
    status: 202,
  } as const;
  route(app, { method: "POST", path: `${labelProjectPath}/audit-sets`, params, ...freeze }, ({ ctx, params, body }) =>
    freezeAudit(ctx, { projectId: params.labelProject, ...body }),
  );
  const rows = {
    summary: "Create tasks from the rows of a dataset version",
    body: AddDatasetRows.omit({ projectId: true }),
    response: z.object({
      read: z.number().int(),
      added: z.number().int(),
      known: z.number().int(),
      leftOut: z.number().int(),
    }),
  };
  route(app, { method: "POST", path: `${labelProjectPath}/dataset-rows`, params, ...rows }, ({ ctx, params, body }) =>
    addDatasetRows(ctx, { projectId: params.labelProject, ...body }, artifacts),
  );
}
