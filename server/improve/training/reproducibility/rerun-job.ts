import { and, eq } from "drizzle-orm";
import { jobTemplates } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { JobSpec } from "../contract.ts";
import { findEngine, loadEngineRow } from "../engines/queries.ts";
import type { TrainingJobDetails } from "../jobs/contract.ts";
import { createJob } from "../jobs/create-job.ts";
import { loadJob, noJob } from "../jobs/queries.ts";
import { requireRunnable, submitterOf } from "../jobs/resolve-job.ts";
import { whatIsMissing } from "./check-rerun.ts";
import { RerunJob } from "./contract.ts";
import { loadExperimentName } from "./experiment-of.ts";
import { findJobRow, type TrainedJob } from "./find-job-row.ts";

type Store = Pick<ArtifactStore, "stat">;

/**
 * Submits a job again: exactly, with the specification, seed, data and engine that it had, or with changes. An exact re-run of an exact re-run
 * repeats the first of them, so that all are repeats of one job. docs/spec/training.md section 13.
 * @throws DomainError "not-found"; "conflict" with a list of what is gone, for an exact one; "invalid" for changes to an exact one; as submitJob
 */
export async function rerunJob(
  ctx: Context,
  input: RerunJob,
  { artifacts, idempotencyKey }: { artifacts: Store; idempotencyKey?: string | undefined },
): Promise<TrainingJobDetails> {
  permit(ctx, "rerunJob");
  const values = RerunJob.parse(input);
  if (values.priority === "urgent") permit(ctx, "submitUrgentJob");
  const { id } = await once(ctx, "rerunJob", idempotencyKey, input, (ctx) =>
    transact(ctx, (ctx) => rerun(ctx, values, artifacts)),
  );
  return loadJob(ctx, id);
}

async function rerun(ctx: Context, values: RerunJob, artifacts: Store): Promise<{ id: string }> {
  const job = await findJobRow(ctx, values.job);
  if (!job) throw noJob();
  if (values.exact) await requireExact(ctx, { job, values, artifacts });
  const spec = JobSpec.parse(values.spec ?? job.spec);
  const parameters = { ...spec.parameters, ...values.parameters };
  const engine =
    values.engine === undefined ? await loadEngineRow(ctx, job.engineId) : await findEngine(ctx, values.engine);
  const teamId = values.teamId ?? job.teamId;
  await requireRunnable(ctx, { spec, engine, teamId: values.teamId }, artifacts);
  return createJob(ctx, {
    name: values.name ?? job.name,
    template: await templateOf(ctx, job),
    spec: { ...spec, parameters },
    engine,
    experiment: await loadExperimentName(ctx, job),
    parentRunId: null,
    teamId,
    priority: values.priority ?? (job.priority === "urgent" ? "normal" : job.priority),
    submittedBy: await submitterOf(ctx),
    rerun: { of: values.exact && job.isExactRerun && job.rerunOf ? job.rerunOf : job.id, isExact: values.exact },
  });
}

async function requireExact(
  ctx: Context,
  { job, values, artifacts }: { job: TrainedJob; values: RerunJob; artifacts: Store },
): Promise<void> {
  const changed = (["spec", "parameters", "engine"] as const).find((name) => values[name] !== undefined);
  if (changed !== undefined) {
    throw new DomainError("invalid", "Exact re-runs cannot change this. Omit it, or use Edit and re-run.", {
      field: changed,
    });
  }
  const { gone } = await whatIsMissing(ctx, job, artifacts);
  if (gone.length > 0) throw new DomainError("conflict", `The job cannot be re-run exactly. ${gone.join(" ")}`);
}

/** The template, for the estimate; that its present revision is another one changes nothing of what runs. */
async function templateOf(ctx: Context, { templateId, templateRevision }: TrainedJob) {
  if (templateId === null) return undefined;
  const [template] = await ctx.db
    .select({ name: jobTemplates.name })
    .from(jobTemplates)
    .where(and(eq(jobTemplates.workspaceId, ctx.actor.workspaceId), eq(jobTemplates.id, templateId)));
  return template && { id: templateId, revision: templateRevision ?? 1, name: template.name };
}
