import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { type BookRow, priceAt } from "../../../serve/prices/price-segments.ts";
import type { DaySpan, TrainingSpend } from "./contract.ts";
import { dayOf, momentsOf } from "./days.ts";

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
 * Reads runs that started within a range and reported their hardware: by the tags `leeway.cores`, `leeway.gpus`, `leeway.machine` and
 * `leeway.gpu`, or, for GPUs, by MLflow's system metrics (`system/gpu_0_…`). The cost of a run is its duration times its hardware, at the
 * prices of the hour in which it started. A run nested in another one that reported hardware is part of that one, and is excluded.
 */
export async function readTraining(
  ctx: Context,
  span: DaySpan,
  book: readonly BookRow[],
  currency: string,
): Promise<TrainingSpend[]> {
  const { workspaceId } = ctx.actor;
  const { from, to } = momentsOf(span);
  const { rows } = await ctx.db.execute<Row>(sql`
    with started as materialized (
      select id, parent_run_id, name, experiment_id, started_at, ended_at, updated_at from runs
      where workspace_id = ${workspaceId} and deleted_at is null and started_at >= ${from} and started_at < ${to}
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
  return rows.map((run) => {
    const { runId, runName, experiment, startedAt, endedAt, cores, gpus } = run;
    const hours = Math.max(0, endedAt - startedAt) / hourMs;
    const cost = costOfRun(run, hours, book, currency);
    return { runId, runName, experiment, day: dayOf(startedAt, span.timeZone), hours, cores, gpus, cost };
  });
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
