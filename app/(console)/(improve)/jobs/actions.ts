"use server";

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { CreateEngine, UpdateEngine } from "#server/improve/training/engines/contract.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { updateEngine } from "#server/improve/training/engines/update-engine.ts";
import { previewJob } from "#server/improve/training/fit/preview-job.ts";
import { previewSweep } from "#server/improve/training/fit/preview-sweep.ts";
import type { StopJob, SubmitJob } from "#server/improve/training/jobs/contract.ts";
import { preemptJob } from "#server/improve/training/jobs/preempt-job.ts";
import { stopJob } from "#server/improve/training/jobs/stop-job.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { uploadPackage } from "#server/improve/training/packages/package-store.ts";
import { checkRerun } from "#server/improve/training/reproducibility/check-rerun.ts";
import type { RerunJob } from "#server/improve/training/reproducibility/contract.ts";
import { rerunJob } from "#server/improve/training/reproducibility/rerun-job.ts";
import type { StartSweep, StopSweep } from "#server/improve/training/sweeps/contract.ts";
import { startSweep } from "#server/improve/training/sweeps/start-sweep.ts";
import { stopSweep } from "#server/improve/training/sweeps/stop-sweep.ts";
import type { SaveTemplate } from "#server/improve/training/templates/contract.ts";
import type { InstallTemplate } from "#server/improve/training/templates/ready/contract.ts";
import { archiveTemplate, saveTemplate } from "#server/improve/training/templates/save-template.ts";

const refresh = () => revalidatePath("/jobs", "layout");

export async function submitJobAction(input: SubmitJob) {
  const state = await act(async (ctx) => {
    const { id, name } = await submitJob(ctx, input, { artifacts: runtime().artifacts });
    return { id, name };
  });
  refresh();
  return state;
}

/** Says what a job would take, while its form is filled in. */
export async function previewJobAction(input: SubmitJob) {
  return act((ctx) => previewJob(ctx, input));
}

/** Stores a package that a browser sends. Its name is its digest, which a browser computes over HTTPS only. */
export async function uploadPackageAction(form: FormData) {
  return act(async (ctx) => {
    const file = form.get("file");
    const bytes = file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
    if (bytes.subarray(0, 2).toString("latin1") !== "PK") throw new DomainError("invalid", "Choose a zip file.");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const { artifacts, config } = runtime();
    await uploadPackage(ctx, { sha256, body: Readable.from([bytes]) }, { artifacts, maxBytes: config.maxUploadBytes });
    return { sha256 };
  });
}

export async function stopJobAction(input: StopJob) {
  const state = await act(async (ctx) => ({ state: (await stopJob(ctx, input)).state }));
  refresh();
  return state;
}

export async function preemptJobAction(input: StopJob) {
  const state = await act(async (ctx) => ({ state: (await preemptJob(ctx, input)).state }));
  refresh();
  return state;
}

/** Says what an exact re-run of a job would lack, and what is not checked. */
export async function checkRerunAction(id: string) {
  return act((ctx) => checkRerun(ctx, id, { artifacts: runtime().artifacts }));
}

export async function rerunJobAction(input: RerunJob) {
  const state = await act(async (ctx) => {
    const { id, name } = await rerunJob(ctx, input, { artifacts: runtime().artifacts });
    return { id, name };
  });
  refresh();
  return state;
}

export async function startSweepAction(input: StartSweep) {
  const state = await act(async (ctx) => {
    const { id, name } = await startSweep(ctx, input, { artifacts: runtime().artifacts });
    return { id, name };
  });
  refresh();
  return state;
}

/** Says what a sweep would take, while its form is filled in. */
export async function previewSweepAction(input: StartSweep) {
  return act((ctx) => previewSweep(ctx, input));
}

export async function stopSweepAction(input: StopSweep) {
  const state = await act(async (ctx) => ({ state: (await stopSweep(ctx, input)).state }));
  refresh();
  return state;
}

const rules = () => ({ allowsLocal: runtime().config.hasLocalTraining });

export async function createEngineAction(input: CreateEngine) {
  const state = await act(async (ctx) => ({ name: (await createEngine(ctx, input, rules())).name }));
  refresh();
  return state;
}

export async function updateEngineAction(input: UpdateEngine) {
  const state = await act(async (ctx) => {
    const { name, isEnabled } = await updateEngine(ctx, input, rules());
    return { name, isEnabled };
  });
  refresh();
  return state;
}

export async function saveTemplateAction(input: SaveTemplate) {
  const state = await act(async (ctx) => {
    const { name, revision } = await saveTemplate(ctx, input);
    return { name, revision };
  });
  refresh();
  return state;
}

export async function installTemplateAction(input: InstallTemplate) {
  const state = await act(async (ctx) => {
    const { name, revision } = await runtime().installTemplate(ctx, input);
    return { name, revision };
  });
  refresh();
  return state;
}

export async function archiveTemplateAction(name: string) {
  const state = await act((ctx) => archiveTemplate(ctx, name));
  refresh();
  return state;
}
