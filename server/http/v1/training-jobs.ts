import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { WebDependencies } from "#server/http/server.ts";
import { Sha256 } from "#server/improve/training/contract.ts";
import * as engines from "#server/improve/training/engines/contract.ts";
import { createEngine, type EngineRules } from "#server/improve/training/engines/create-engine.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { updateEngine } from "#server/improve/training/engines/update-engine.ts";
import {
  ListJobs,
  StopJob,
  SubmitJob,
  TrainingJob,
  TrainingJobDetails,
} from "#server/improve/training/jobs/contract.ts";
import { preemptJob } from "#server/improve/training/jobs/preempt-job.ts";
import { getJob, listJobs } from "#server/improve/training/jobs/queries.ts";
import { stopJob } from "#server/improve/training/jobs/stop-job.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { uploadPackage } from "#server/improve/training/packages/package-store.ts";
import { SetQuota, TrainingQuota } from "#server/improve/training/quotas/contract.ts";
import { listQuotas } from "#server/improve/training/quotas/queries.ts";
import { setQuota } from "#server/improve/training/quotas/set-quota.ts";
import { JobTemplate, SaveTemplate } from "#server/improve/training/templates/contract.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import * as ready from "#server/improve/training/templates/ready/contract.ts";
import { installTemplate, listReadyTemplates } from "#server/improve/training/templates/ready/install-template.ts";
import { archiveTemplate, saveTemplate } from "#server/improve/training/templates/save-template.ts";
import { route } from "./route.ts";

const named = z.object({ name: z.string() });
const ofJob = z.object({ job: z.string().max(64) });

/** Engines that training jobs run on, what can be submitted to them, and the jobs. */
export function trainingJobs(app: FastifyInstance, { config, artifacts }: WebDependencies): void {
  trainingEngines(app, { allowsLocal: config.hasLocalTraining });
  trainingQuotas(app);
  jobTemplates(app);
  readyTemplates(app, { artifacts, maxBytes: config.maxUploadBytes });
  const list = {
    summary: "List training jobs, newest first",
    query: ListJobs.extend({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
    response: z.object({ jobs: z.array(TrainingJob) }),
  };
  route(app, { method: "GET", path: "/training/jobs", ...list }, async ({ ctx, query }) => ({
    jobs: await listJobs(ctx, query),
  }));
  const upload = {
    summary: "Upload a package: a zip with the files that a job's command needs, named by its SHA-256",
    params: z.object({ sha256: Sha256 }),
    body: "stream" as const,
  };
  route(app, { method: "PUT", path: "/training/packages/:sha256", ...upload }, ({ ctx, params, stream }) =>
    uploadPackage(ctx, { ...params, body: stream }, { artifacts, maxBytes: config.maxUploadBytes }),
  );
  const submit = {
    summary: "Submit a training job",
    body: SubmitJob,
    response: TrainingJobDetails,
    status: 201,
    isRepeatable: true,
  } as const;
  route(app, { method: "POST", path: "/training/jobs", ...submit }, ({ ctx, body, idempotencyKey }) =>
    submitJob(ctx, body, { artifacts, idempotencyKey }),
  );
  const show = { summary: "Get a training job with its attempts", params: ofJob, response: TrainingJobDetails };
  route(app, { method: "GET", path: "/training/jobs/:job", ...show }, ({ ctx, params }) => getJob(ctx, params.job));
  const stop = {
    summary: "Stop a training job; its checkpoints are kept",
    params: ofJob,
    body: StopJob.omit({ job: true }),
    response: TrainingJobDetails,
  };
  route(app, { method: "POST", path: "/training/jobs/:job/stop", ...stop }, ({ ctx, params, body }) =>
    stopJob(ctx, { ...body, job: params.job }),
  );
  const preempt = { ...stop, summary: "Preempt a training job on this machine; it resumes from its newest checkpoint" };
  route(app, { method: "POST", path: "/training/jobs/:job/preempt", ...preempt }, ({ ctx, params, body }) =>
    preemptJob(ctx, { ...body, job: params.job }),
  );
}

function trainingEngines(app: FastifyInstance, rules: EngineRules): void {
  const list = {
    summary: "List the engines that training jobs run on",
    response: z.object({ engines: z.array(engines.TrainingEngine) }),
  };
  route(app, { method: "GET", path: "/training/engines", ...list }, async ({ ctx }) => ({
    engines: await listEngines(ctx),
  }));
  const create = {
    summary: "Add an engine",
    body: engines.CreateEngine,
    response: engines.TrainingEngine,
    status: 201,
  } as const;
  route(app, { method: "POST", path: "/training/engines", ...create }, ({ ctx, body }) =>
    createEngine(ctx, body, rules),
  );
  const update = {
    summary: "Change an engine, or switch it off or on",
    params: named,
    body: engines.UpdateEngine.omit({ engine: true }),
    response: engines.TrainingEngine,
  };
  route(app, { method: "PATCH", path: "/training/engines/:name", ...update }, ({ ctx, params, body }) =>
    updateEngine(ctx, { ...body, engine: params.name }, rules),
  );
}

function trainingQuotas(app: FastifyInstance): void {
  const path = "/training/quotas";
  const response = z.object({ quotas: z.array(TrainingQuota) });
  const list = { summary: "List training quotas of the workspace and its teams", response };
  route(app, { method: "GET", path, ...list }, async ({ ctx }) => ({ quotas: await listQuotas(ctx) }));
  const set = { summary: "Set the training quota of a team or the workspace", body: SetQuota, response };
  route(app, { method: "PUT", path, ...set }, async ({ ctx, body }) => ({ quotas: await setQuota(ctx, body) }));
}

function readyTemplates(app: FastifyInstance, place: Parameters<typeof installTemplate>[2]): void {
  const list = {
    summary: "List built-in job templates",
    response: z.object({ templates: z.array(ready.ReadyTemplateInfo) }),
  };
  route(app, { method: "GET", path: "/training/ready-templates", ...list }, async ({ ctx }) => ({
    templates: listReadyTemplates(ctx),
  }));
  const install = {
    summary: "Install a built-in job template with its script",
    params: z.object({ template: z.string() }),
    body: ready.InstallTemplate.omit({ template: true }),
    response: JobTemplate,
    status: 201,
  } as const;
  route(
    app,
    { method: "POST", path: "/training/ready-templates/:template/install", ...install },
    ({ ctx, body, params }) => installTemplate(ctx, { ...body, ...params }, place),
  );
}

function jobTemplates(app: FastifyInstance): void {
  const list = {
    summary: "List job templates by name",
    response: z.object({ templates: z.array(JobTemplate) }),
  };
  route(app, { method: "GET", path: "/training/templates", ...list }, async ({ ctx }) => ({
    templates: await listTemplates(ctx),
  }));
  const save = {
    summary: "Create a job template, or a new revision of it",
    params: named,
    body: SaveTemplate.omit({ name: true }),
    response: JobTemplate,
  };
  route(app, { method: "PUT", path: "/training/templates/:name", ...save }, ({ ctx, params, body }) =>
    saveTemplate(ctx, { ...body, name: params.name }),
  );
  const archive = { summary: "Archive a job template", params: named };
  route(app, { method: "DELETE", path: "/training/templates/:name", ...archive }, ({ ctx, params }) =>
    archiveTemplate(ctx, params.name),
  );
}
