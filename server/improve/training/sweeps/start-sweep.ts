import { trainingSweeps } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Parameters } from "../contract.ts";
import { findExperiment } from "../jobs/find-experiment.ts";
import { requireRunnable, resolveJob, submitterOf } from "../jobs/resolve-job.ts";
import type { JobTemplate } from "../templates/contract.ts";
import { withParameters } from "../templates/with-parameters.ts";
import { StartSweep, type SweepDetails, type SweepJob } from "./contract.ts";
import { parametersOf, trialsOf } from "./parameter-sets.ts";
import { loadSweep } from "./queries.ts";

/**
 * Starts a sweep: jobs with other parameters each, of which the watcher of training submits some at once. What they run is fixed now, and so is
 * the set of each of them. Their runs are nested in the sweep's. docs/spec/training.md section 11.
 * @throws DomainError as submitJob; "invalid" for parameters that a trial could not take, and a grid that is too large
 */
export async function startSweep(
  ctx: Context,
  input: StartSweep,
  { artifacts, idempotencyKey }: { artifacts: Pick<ArtifactStore, "stat">; idempotencyKey?: string | undefined },
): Promise<SweepDetails> {
  permit(ctx, "startSweep");
  const values = StartSweep.parse(input);
  if (values.priority === "urgent") permit(ctx, "submitUrgentJob");
  const { id } = await once(ctx, "startSweep", idempotencyKey, input, (ctx) =>
    transact(ctx, (ctx) => start(ctx, values, artifacts)),
  );
  return loadSweep(ctx, id);
}

/**
 * Lists the parameters of each trial, those that vary and those that do not.
 * @throws DomainError "invalid" for a grid that cannot be, and a parameter that does both
 */
export function setsOf({ sweep, parameters }: Pick<ReturnType<typeof StartSweep.parse>, "sweep" | "parameters">): {
  sets: Parameters[];
  first: Parameters;
} {
  const fixed = Object.keys(sweep.space).find((one) => one in parameters);
  if (fixed !== undefined) {
    throw new DomainError("invalid", `"${fixed}" cannot be both varied and fixed.`, { field: `parameters.${fixed}` });
  }
  const sets = Array.from({ length: trialsOf(sweep) }, (_, trial) => ({
    ...parameters,
    ...parametersOf(sweep, trial),
  }));
  return { sets, first: sets[0] ?? {} };
}

/** Tries each set on the template, so that the last trial is not the first to be refused. @throws DomainError "invalid" */
export function requireTaken(template: JobTemplate["spec"], sets: readonly Parameters[]): void {
  for (const set of sets) withParameters(template, set);
}

async function start(
  ctx: Context,
  values: ReturnType<typeof StartSweep.parse>,
  artifacts: Pick<ArtifactStore, "stat">,
): Promise<{ id: string }> {
  const { name, sweep, teamId, experiment, priority } = values;
  const { sets, first } = setsOf(values);
  const trials = sets.length;
  const { spec, engine, template } = await resolveJob(ctx, values, first);
  if (template) requireTaken(template.spec, sets);
  await requireRunnable(ctx, { spec, engine, teamId }, artifacts);
  const job: SweepJob = {
    spec,
    template: template ? { id: template.id, revision: template.revision, name: template.name } : null,
    engineId: engine.id,
    experiment,
    teamId: teamId ?? null,
    priority,
    submittedBy: await submitterOf(ctx),
  };
  const leeway = systemContext(ctx.db, ctx.actor.workspaceId, "training");
  const run = await createRun(leeway, {
    experimentId: await findExperiment(leeway, experiment),
    name,
    userName: ctx.actor.name,
  });
  const [row] = await ctx.db
    .insert(trainingSweeps)
    .values({ workspaceId: ctx.actor.workspaceId, name, spec: sweep, job, runId: run.id, createdBy: ctx.actor.name })
    .returning({ id: trainingSweeps.id });
  if (!row) throw new Error("The sweep was not stored.");
  await record(ctx, "training-sweep.started", {
    subject: `training-sweep/${row.id}`,
    after: { name, engine: engine.name, template: template?.name ?? null, runId: run.id, trials, priority },
  });
  await publish(ctx, "training", row.id);
  return row;
}
