import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { updateEngine } from "#server/improve/training/engines/update-engine.ts";
import { getJob, listJobs } from "#server/improve/training/jobs/queries.ts";
import { stopJob } from "#server/improve/training/jobs/stop-job.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { archiveTemplate, saveTemplate } from "#server/improve/training/templates/save-template.ts";
import type { Calls } from "./call.ts";

const rules = { allowsLocal: true };
const spec = { command: ["true"] };

/** Training jobs. */
export const trainingCalls = {
  listEngines: (ctx) => listEngines(ctx),
  createEngine: (ctx) => createEngine(ctx, { name: "another", settings: { kind: "local" } }, rules),
  updateEngine: (ctx, { trainingEngine: engine }) => updateEngine(ctx, { engine, isEnabled: false }, rules),
  listTemplates: (ctx) => listTemplates(ctx),
  saveTemplate: (ctx) => saveTemplate(ctx, { name: "another", spec: { job: spec } }),
  archiveTemplate: (ctx, { jobTemplate }) => archiveTemplate(ctx, jobTemplate),
  listJobs: (ctx) => listJobs(ctx),
  getJob: (ctx, { trainingJobId }) => getJob(ctx, trainingJobId),
  submitJob: (ctx, { trainingEngine: engine }) => submitJob(ctx, { engine, spec }),
  submitUrgentJob: (ctx, { trainingEngine: engine }) => submitJob(ctx, { engine, spec, priority: "urgent" }),
  stopJob: (ctx, { trainingJobId: job }) => stopJob(ctx, { job }),
} satisfies Partial<Calls>;
