import { and, eq } from "drizzle-orm";
import { trainingJobs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { SubmitJob, type TrainingJobDetails } from "./contract.ts";
import { createJob } from "./create-job.ts";
import { loadJob } from "./queries.ts";
import { requireRunnable, resolveJob, submitterOf } from "./resolve-job.ts";

/**
 * Submits a job: it waits until its engine, quota and budget take it. Its run is made now, with the status SCHEDULED, and its specification
 * never changes. docs/spec/training.md section 1.
 * @throws DomainError "not-found" for the engine, template, team, a dataset or the job that it changes; "invalid" for parameters that the template does not take, and
 * what the engine cannot run; "forbidden" for an urgent job without the role of an operator
 */
export async function submitJob(
  ctx: Context,
  input: SubmitJob,
  { artifacts, idempotencyKey }: { artifacts: Pick<ArtifactStore, "stat">; idempotencyKey?: string | undefined },
): Promise<TrainingJobDetails> {
  permit(ctx, "submitJob");
  const values = SubmitJob.parse(input);
  if (values.priority === "urgent") permit(ctx, "submitUrgentJob");
  const { id } = await once(ctx, "submitJob", idempotencyKey, input, (ctx) =>
    transact(ctx, (ctx) => submit(ctx, values, artifacts)),
  );
  return loadJob(ctx, id);
}

async function submit(
  ctx: Context,
  values: ReturnType<typeof SubmitJob.parse>,
  artifacts: Pick<ArtifactStore, "stat">,
): Promise<{ id: string }> {
  const { template, spec, engine } = await resolveJob(ctx, values, values.parameters);
  await requireRunnable(ctx, { spec, engine, teamId: values.teamId }, artifacts);
  const submittedBy = await submitterOf(ctx);
  return createJob(ctx, {
    ...values,
    name: values.name ?? (template ? { prefix: template.name } : { prefix: "job" }),
    template,
    spec,
    engine,
    teamId: values.teamId ?? null,
    parentRunId: values.parentRunId ?? null,
    submittedBy,
    ...(values.rerunOf !== undefined && { rerun: { of: await requireJob(ctx, values.rerunOf), isExact: false } }),
  });
}

async function requireJob(ctx: Context, id: string): Promise<string> {
  const isThis = and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id));
  if ((await ctx.db.$count(trainingJobs, isThis)) > 0) return id;
  throw new DomainError("not-found", "Training job not found.", { field: "rerunOf" });
}
