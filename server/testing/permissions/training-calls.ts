import { Readable } from "node:stream";
import { DomainError } from "#server/base/errors.ts";
import { claimResult } from "#server/improve/training/cache/claim-result.ts";
import {
  giveUpResult,
  keepResult,
  openResultFile,
  storeResultFile,
} from "#server/improve/training/cache/keep-result.ts";
import { listTrainingCache } from "#server/improve/training/cache/queries.ts";
import { listTrainingCheckpoints } from "#server/improve/training/checkpoints/queries.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { updateEngine } from "#server/improve/training/engines/update-engine.ts";
import { previewJob } from "#server/improve/training/fit/preview-job.ts";
import { previewSweep } from "#server/improve/training/fit/preview-sweep.ts";
import { getJobHistory } from "#server/improve/training/history/queries.ts";
import { preemptJob } from "#server/improve/training/jobs/preempt-job.ts";
import { getJob, listJobs } from "#server/improve/training/jobs/queries.ts";
import { stopJob } from "#server/improve/training/jobs/stop-job.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { downloadLog, readLog, searchLog } from "#server/improve/training/log/queries.ts";
import { listEngineUses, listJobsOverview, listTrainingBudgets } from "#server/improve/training/overview/queries.ts";
import { uploadPackage } from "#server/improve/training/packages/package-store.ts";
import { listQuotas } from "#server/improve/training/quotas/queries.ts";
import { setQuota } from "#server/improve/training/quotas/set-quota.ts";
import { checkRerun } from "#server/improve/training/reproducibility/check-rerun.ts";
import { getReproducibility, listReruns } from "#server/improve/training/reproducibility/queries.ts";
import { rerunJob } from "#server/improve/training/reproducibility/rerun-job.ts";
import { maintainTraining } from "#server/improve/training/retention/maintain-training.ts";
import { getSweep, listSweeps } from "#server/improve/training/sweeps/queries.ts";
import { startSweep } from "#server/improve/training/sweeps/start-sweep.ts";
import { stopSweep } from "#server/improve/training/sweeps/stop-sweep.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { installTemplate } from "#server/improve/training/templates/ready/install-template.ts";
import { archiveTemplate, saveTemplate } from "#server/improve/training/templates/save-template.ts";
import type { Calls } from "./call.ts";

const rules = { allowsLocal: true };
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const spec = { command: ["true"] };
const sweep = {
  kind: "random" as const,
  space: { lr: { kind: "number" as const, min: 0, max: 1 } },
  metric: "loss",
  goal: "min" as const,
};

/** What is not so in the fixture, such as that a job repeats another one: said only to those who may ask. */
const passConflict = (cause: unknown) => {
  if (!(cause instanceof DomainError) || cause.code !== "conflict") throw cause;
};

/** Training jobs. */
export const trainingCalls = {
  listEngines: (ctx) => listEngines(ctx),
  createEngine: (ctx) => createEngine(ctx, { name: "another", settings: { kind: "local" } }, rules),
  updateEngine: (ctx, { trainingEngine: engine }) => updateEngine(ctx, { engine, isEnabled: false }, rules),
  listQuotas: (ctx) => listQuotas(ctx),
  setQuota: (ctx, { teamId }) => setQuota(ctx, { teamId, maxJobs: 1 }),
  listTemplates: (ctx) => listTemplates(ctx),
  saveTemplate: (ctx) => saveTemplate(ctx, { name: "another", spec: { job: spec } }),
  installTemplate: (ctx, { store }) =>
    installTemplate(ctx, { template: "digits" }, { artifacts: store, maxBytes: 1e6 }),
  archiveTemplate: (ctx, { jobTemplate }) => archiveTemplate(ctx, jobTemplate),
  listJobs: async (ctx) => [
    await listJobs(ctx),
    await listJobsOverview(ctx),
    await listEngineUses(ctx),
    await listTrainingBudgets(ctx),
  ],
  readTrainingLog: async (ctx, { trainingJobId, trainingAttempt: attempt }) => [
    await readLog(ctx, trainingJobId, { attempt }),
    await searchLog(ctx, trainingJobId, { q: "a" }),
    (await downloadLog(ctx, trainingJobId)).name,
  ],
  listTrainingCheckpoints: (ctx, { trainingJobId }) => listTrainingCheckpoints(ctx, trainingJobId),
  getJob: async (ctx, { trainingJobId }) => [await getJob(ctx, trainingJobId), await getJobHistory(ctx, trainingJobId)],
  uploadPackage: (ctx, { store }) =>
    uploadPackage(ctx, { sha256: emptySha256, body: Readable.from([]) }, { artifacts: store, maxBytes: 10 }),
  submitJob: async (ctx, { trainingEngine: engine, store }) => [
    await previewJob(ctx, { engine, spec }),
    await submitJob(ctx, { engine, spec }, { artifacts: store }),
  ],
  submitUrgentJob: (ctx, { trainingEngine: engine, store }) =>
    submitJob(ctx, { engine, spec, priority: "urgent" }, { artifacts: store }),
  stopJob: (ctx, { trainingJobId: job }) => stopJob(ctx, { job }),
  preemptJob: (ctx, { trainingJobId: job }) => preemptJob(ctx, { job }).catch(passConflict),
  checkRerun: (ctx, { trainingJobId, store }) => checkRerun(ctx, trainingJobId, { artifacts: store }),
  rerunJob: (ctx, { trainingJobId: job, store }) => rerunJob(ctx, { job, exact: true }, { artifacts: store }),
  getReproducibility: async (ctx, { trainingJobId }) => [
    await getReproducibility(ctx, trainingJobId).catch(passConflict),
    await listReruns(ctx, trainingJobId),
  ],
  maintainTraining: (ctx, { store }) => maintainTraining(ctx, store),
  listTrainingCache: (ctx) => listTrainingCache(ctx),
  useTrainingCache: async (ctx, { store }) => {
    const step = { step: "a", code: { "a.py": emptySha256 }, environment: "e" };
    const file = { key: emptySha256, sha256: emptySha256 };
    await claimResult(ctx, step).catch(passConflict);
    await storeResultFile(ctx, { ...file, body: Readable.from([]) }, { artifacts: store, maxBytes: 10 }).catch(
      passConflict,
    );
    const kept = { key: emptySha256, files: [{ path: "a", sizeBytes: 0, sha256: emptySha256 }], seconds: 1 };
    await keepResult(ctx, kept, { artifacts: store }).catch(passConflict);
    await openResultFile(ctx, file, store).catch(passConflict);
    await giveUpResult(ctx, emptySha256, store).catch(passConflict);
  },
  listSweeps: (ctx) => listSweeps(ctx),
  getSweep: (ctx, { sweepId }) => getSweep(ctx, sweepId),
  startSweep: async (ctx, { trainingEngine: engine, store }) => [
    await previewSweep(ctx, { name: "another", engine, spec, sweep }),
    await startSweep(ctx, { name: "another", engine, spec, sweep }, { artifacts: store }),
  ],
  stopSweep: (ctx, { sweepId: sweep }) => stopSweep(ctx, { sweep }),
} satisfies Partial<Calls>;
