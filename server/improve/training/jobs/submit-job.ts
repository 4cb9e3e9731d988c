import { and, eq, inArray } from "drizzle-orm";
import { datasetVersions, trainingJobs } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { ownUserId } from "#server/platform/identity/tokens/queries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findTeam } from "#server/platform/teams/team-of.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { JobSpec } from "../contract.ts";
import { findEngine, loadEngineRow } from "../engines/queries.ts";
import { requirePackage } from "../packages/package-store.ts";
import { findTemplate } from "../templates/queries.ts";
import { withParameters } from "../templates/with-parameters.ts";
import { SubmitJob, type TrainingJobDetails } from "./contract.ts";
import { estimateCost, hourlyRate } from "./estimate-cost.ts";
import { findExperiment } from "./find-experiment.ts";
import { newJobId } from "./job-id.ts";
import { loadJob } from "./queries.ts";
import { readEarlierCosts } from "./read-earlier-costs.ts";

/**
 * Submits a job: it waits until its engine, quota and budget take it. Its run is made now, with the status SCHEDULED, and its specification
 * never changes. docs/spec/training.md section 1.
 * @throws DomainError "not-found" for the engine, template, team or a dataset; "invalid" for parameters that the template does not take, and
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
  const template = values.template === undefined ? undefined : await findTemplate(ctx, values.template);
  const spec = JobSpec.parse(template ? withParameters(template.spec, values.parameters) : specOf(values));
  const engine =
    values.engine !== undefined
      ? await findEngine(ctx, values.engine)
      : await loadEngineRow(ctx, template?.spec.engineId ?? null);
  if (engine.settings.kind === "local" && spec.image !== null) {
    throw new DomainError("invalid", `"${engine.name}" runs commands, not container images.`, { field: "spec.image" });
  }
  if (engine.settings.kind === "kubernetes" && spec.image === null && engine.settings.image === "") {
    throw new DomainError("invalid", "Kubernetes needs a container image.", { field: "spec.image" });
  }
  if (spec.packageKey !== null) await requirePackage(ctx, spec.packageKey, artifacts);
  await requireDatasets(ctx, Object.values(spec.datasets));
  if (values.teamId !== undefined && !(await findTeam(ctx, values.teamId))) {
    throw new DomainError("not-found", "Team not found.", { field: "teamId" });
  }
  const userId = await ownUserId(ctx);
  if (!userId) throw new DomainError("forbidden", "Jobs are submitted by people and service accounts.");
  const id = newJobId();
  const name = values.name ?? `${template?.name ?? "job"} ${id.slice(-4)}`;
  const { resources } = spec;
  // Whoever may submit a job gets its run, also with a token that may do nothing else.
  const leeway = systemContext(ctx.db, ctx.actor.workspaceId, "training");
  const run = await createRun(leeway, {
    experimentId: await findExperiment(leeway, values.experiment),
    name,
    userName: ctx.actor.name,
    status: "SCHEDULED",
    tags: [
      { key: "leeway.job", value: id },
      { key: "leeway.cores", value: String(resources.cores * resources.nodes) },
      ...(resources.gpus > 0 ? [{ key: "leeway.gpus", value: String(resources.gpus * resources.nodes) }] : []),
      ...(resources.gpuKind ? [{ key: "leeway.gpu", value: resources.gpuKind }] : []),
      ...(values.parentRunId ? [{ key: "mlflow.parentRunId", value: values.parentRunId }] : []),
    ],
  });
  const rate = hourlyRate(resources, { book: await readBook(ctx), machine: "", now: Date.now() });
  const estimate = estimateCost({
    rate: rate?.amount ?? null,
    hours: spec.limits.hours,
    limit: spec.limits.cost,
    earlier: template ? await readEarlierCosts(ctx, template.id) : [],
  });
  await ctx.db.insert(trainingJobs).values({
    id,
    workspaceId: ctx.actor.workspaceId,
    name,
    templateId: template?.id ?? null,
    templateRevision: template?.revision ?? null,
    engineId: engine.id,
    spec,
    runId: run.id,
    teamId: values.teamId ?? null,
    priority: values.priority,
    estimate,
    currency: rate?.currency ?? null,
    submittedBy: userId,
    submittedByName: ctx.actor.name,
  });
  await record(ctx, "training-job.submitted", {
    subject: `training-job/${id}`,
    after: { name, engine: engine.name, template: template?.name ?? null, runId: run.id, priority: values.priority },
  });
  await publish(ctx, "training", id);
  return { id };
}

function specOf({ spec }: ReturnType<typeof SubmitJob.parse>): JobSpec {
  if (spec) return spec;
  throw new DomainError("invalid", "Say what to run: a template, or a specification.", { field: "spec" });
}

async function requireDatasets(ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await ctx.db
    .select({ id: datasetVersions.id })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, [...ids])));
  const missing = ids.find((id) => !known.some((one) => one.id === id));
  if (missing === undefined) return;
  throw new DomainError("not-found", `There is no dataset version ${missing}.`, { field: "spec.datasets" });
}
