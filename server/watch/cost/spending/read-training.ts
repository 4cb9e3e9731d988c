import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { type BookRow, priceAt } from "../../../serve/prices/price-segments.ts";
import type { DaySpan, TrainingSpend } from "./contract.ts";
import { dayFinder, momentsOf } from "./days.ts";

interface Row extends Record<string, unknown> {
  runId: string;
  runName: string;
  experiment: string;
  startedAt: number;
  endedAt: number;
  cores: number | null;
  gpus: number | null;
  coreKind: string;
  gpuKind: string;
}

const isNumber = sql`value ~ '^[0-9]{1,6}(\\.[0-9]+)?$'`;

/**
 * Reads what training cost within a range: a row for each run that reported its hardware, and one for each attempt of a training job. The cost
 * of either is its duration times its hardware, at the prices of the hour in which it started. A run of a job costs the sum of its attempts,
 * and not its own duration, in which it also waited. docs/spec/training.md section 14.
 */
export async function readTraining(
  ctx: Context,
  span: DaySpan,
  book: readonly BookRow[],
  currency: string,
): Promise<TrainingSpend[]> {
  const rows = [...(await readRuns(ctx, span)), ...(await readAttempts(ctx, span, book))];
  const dayOf = dayFinder(span);
  return rows.map((run) => {
    const { runId, runName, experiment, startedAt, endedAt, cores, gpus } = run;
    const hours = Math.max(0, endedAt - startedAt) / hourMs;
    const cost = costOfRun(run, hours, book, currency);
    return { runId, runName, experiment, day: dayOf(startedAt), hours, cores, gpus, cost };
  });
}

/**
 * Runs that started within a range and reported their hardware: by the tags `leeway.cores`, `leeway.gpus`, `leeway.machine` and `leeway.gpu`, or,
 * for GPUs, by MLflow's system metrics (`system/gpu_0_…`). A run nested in another one that reported hardware is part of that one, and one
 * nested in the run of a job is part of the job; both are excluded.
 */
async function readRuns(ctx: Context, span: DaySpan): Promise<Row[]> {
  const { workspaceId } = ctx.actor;
  const { from, to } = momentsOf(span);
  const { rows } = await ctx.db.execute<Row>(sql`
    with jobs as materialized (
      select run_id as id from training_jobs where workspace_id = ${workspaceId}
    ), started as materialized (
      select id, parent_run_id, name, experiment_id, started_at, ended_at, updated_at from runs
      where workspace_id = ${workspaceId} and deleted_at is null and started_at >= ${from} and started_at < ${to}
        and id not in (select id from jobs) and (parent_run_id is null or parent_run_id not in (select id from jobs))
    ), reported as materialized (
      select started.*, tags.*, seen.gpus as seen from started,
        lateral (select max(value::float8) filter (where key = 'leeway.cores' and ${isNumber}) as cores,
          max(value::float8) filter (where key = 'leeway.gpus' and ${isNumber}) as gpus,
          coalesce(max(value) filter (where key = 'leeway.machine'), '') as "coreKind",
          coalesce(max(value) filter (where key = 'leeway.gpu'), '') as "gpuKind"
          from run_tags where run_id = started.id and key like 'leeway.%') as tags,
        lateral (select nullif(count(distinct substring(key from '^system/gpu_([0-9]+)_')), 0)::float8 as gpus
          from metric_series where run_id = started.id and key like 'system/gpu\\_%') as seen
      where tags.cores is not null or tags.gpus is not null or seen.gpus is not null
    )
    select reported.id as "runId", reported.name as "runName", experiments.name as experiment, started_at::float8 as "startedAt",
      coalesce(ended_at, reported.updated_at)::float8 as "endedAt", cores, coalesce(gpus, seen) as gpus, "coreKind", "gpuKind"
    from reported join experiments on experiments.workspace_id = ${workspaceId} and experiments.id = experiment_id
    where parent_run_id is null or parent_run_id not in (select id from reported)
    order by started_at desc, reported.id`);
  return rows;
}

/** Attempts of training jobs that started within a range. One that still runs has taken what its last heartbeat shows. */
async function readAttempts(ctx: Context, span: DaySpan, book: readonly BookRow[]): Promise<Row[]> {
  const { workspaceId } = ctx.actor;
  const { from, to } = momentsOf(span);
  const { rows } = await ctx.db.execute<Row & { isSpot: boolean }>(sql`
    select job.run_id as "runId", coalesce(run.name, job.name) as "runName", coalesce(experiment.name, '') as experiment,
      (extract(epoch from attempt.started_at) * 1000)::float8 as "startedAt",
      (extract(epoch from coalesce(attempt.ended_at, attempt.heartbeat_at, attempt.started_at)) * 1000)::float8 as "endedAt",
      (resources ->> 'cores')::float8 * (resources ->> 'nodes')::float8 as cores,
      nullif((resources ->> 'gpus')::float8 * (resources ->> 'nodes')::float8, 0) as gpus,
      coalesce(attempt.machine ->> 'kind', '') as "coreKind",
      coalesce(attempt.machine ->> 'gpuKind', resources ->> 'gpuKind', '') as "gpuKind",
      coalesce((attempt.machine ->> 'isSpot')::boolean, (resources ->> 'spot')::boolean, false) as "isSpot"
    from training_attempts as attempt
    join training_jobs as job on job.workspace_id = attempt.workspace_id and job.id = attempt.job_id
    cross join lateral (select job.spec -> 'resources' as resources) as wanted
    left join runs as run on run.workspace_id = job.workspace_id and run.id = job.run_id
    left join experiments as experiment on experiment.workspace_id = job.workspace_id and experiment.id = run.experiment_id
    where attempt.workspace_id = ${workspaceId}
      and attempt.started_at >= to_timestamp(${from}::float8 / 1000) and attempt.started_at < to_timestamp(${to}::float8 / 1000)
    order by attempt.started_at desc, attempt.id`);
  return rows.map(({ isSpot, coreKind, gpuKind, ...row }) => ({
    ...row,
    coreKind: pricedKind(coreKind, { isSpot, book }),
    gpuKind: pricedKind(gpuKind, { isSpot, book }),
  }));
}

/** The price book names machines that can be taken away apart ("A100 spot"); without such a price they cost what the others do. */
export function pricedKind(kind: string, { isSpot, book }: { isSpot: boolean; book: readonly BookRow[] }): string {
  const spot = `${kind} spot`;
  return isSpot && kind !== "" && book.some(({ variant }) => variant === spot) ? spot : kind;
}

function costOfRun(
  { startedAt, cores, gpus, coreKind, gpuKind }: Row,
  hours: number,
  book: readonly BookRow[],
  currency: string,
): number | null {
  const core = cores ? priceAt(book, "core-hour", coreKind, startedAt) : undefined;
  const gpu = gpus ? priceAt(book, "gpu-hour", gpuKind, startedAt) : undefined;
  const lacks = (count: number | null, price: BookRow | undefined) => Boolean(count) && price?.currency !== currency;
  if (lacks(cores, core) || lacks(gpus, gpu)) return null;
  return hours * ((cores ?? 0) * (core?.amount ?? 0) + (gpus ?? 0) * (gpu?.amount ?? 0));
}
