import { trainingJobs } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import type { JobSpec } from "../contract.ts";
import { estimateCost, hourlyRate } from "./estimate-cost.ts";
import { findExperiment } from "./find-experiment.ts";
import { newJobId } from "./job-id.ts";
import { readEarlierCosts } from "./read-earlier-costs.ts";

export interface NewJob {
  /** Or what to make a name from, by the end of its id. */
  name: string | { prefix: string };
  template: { id: string; revision: number; name: string } | undefined;
  spec: JobSpec;
  engine: { id: string; name: string };
  experiment: string;
  parentRunId: string | null;
  teamId: string | null;
  priority: "urgent" | "normal" | "low";
  submittedBy: { id: string; name: string };
  /** Where it is a trial. */
  sweep?: { id: string; trial: number };
  rerun?: { of: string; isExact: boolean };
}

/** Creates a job that waits, with its run, in the transaction of the caller, who has checked what it needs. */
export async function createJob(ctx: Context, job: NewJob): Promise<{ id: string }> {
  const { template, spec, engine, submittedBy, sweep, rerun } = job;
  const id = newJobId();
  const name = typeof job.name === "string" ? job.name : `${job.name.prefix} ${id.slice(-4)}`;
  const { resources } = spec;
  // Whoever may submit a job gets its run, also with a token that may do nothing else.
  const leeway = systemContext(ctx.db, ctx.actor.workspaceId, "training");
  const run = await createRun(leeway, {
    experimentId: await findExperiment(leeway, job.experiment),
    name,
    userName: submittedBy.name,
    status: "SCHEDULED",
    tags: [
      { key: "leeway.job", value: id },
      { key: "leeway.cores", value: String(resources.cores * resources.nodes) },
      ...(resources.gpus > 0 ? [{ key: "leeway.gpus", value: String(resources.gpus * resources.nodes) }] : []),
      ...(resources.gpuKind ? [{ key: "leeway.gpu", value: resources.gpuKind }] : []),
      ...(job.parentRunId ? [{ key: "mlflow.parentRunId", value: job.parentRunId }] : []),
    ],
  });
  const book = await readBook(ctx);
  const rate = hourlyRate(resources, { book, machine: "", now: Date.now() });
  const estimate = estimateCost({
    rate: rate?.amount ?? null,
    hours: spec.limits.hours,
    limit: spec.limits.cost,
    earlier: template ? await readEarlierCosts(ctx, template.id, book) : [],
  });
  await ctx.db.insert(trainingJobs).values({
    id,
    workspaceId: ctx.actor.workspaceId,
    name,
    templateId: template?.id ?? null,
    templateRevision: template?.revision ?? null,
    engineId: engine.id,
    sweepId: sweep?.id ?? null,
    trial: sweep?.trial ?? null,
    rerunOf: rerun?.of ?? null,
    isExactRerun: rerun?.isExact ?? false,
    spec,
    runId: run.id,
    teamId: job.teamId,
    priority: job.priority,
    estimate,
    currency: rate?.currency ?? null,
    submittedBy: submittedBy.id,
    submittedByName: submittedBy.name,
  });
  await record(ctx, "training-job.submitted", {
    subject: `training-job/${id}`,
    after: {
      name,
      engine: engine.name,
      template: template?.name ?? null,
      runId: run.id,
      priority: job.priority,
      ...(sweep && { sweep: sweep.id, trial: sweep.trial }),
      ...(rerun && { rerunOf: rerun.of }),
    },
  });
  await publish(ctx, "training", id);
  return { id };
}
