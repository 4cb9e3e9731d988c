import { sql } from "drizzle-orm";
import { numbersOf } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { type Chunk, toChunks } from "#server/develop/tracking/metrics/chunks.ts";
import type { StoredPoint } from "#server/develop/tracking/metrics/stored-point.ts";

export const largeMetrics = ["train/loss", "val/loss", "val/accuracy", "grad_norm", "learning_rate"] as const;

export interface LargeWorkspace {
  experimentId: number;
  /** Runs with the longest curves. */
  longRuns: string[];
}

/** Number of runs that hold half of all points; the others share the rest. */
const longRuns = 100;
const runsAtOnce = 1_000;

/**
 * Fills a workspace as if many programs had trained for months: an experiment of runs with params, tags and 5 metrics each, stored
 * as the worker leaves them.
 * @param points of all metrics of all runs together.
 */
export async function fillLargeWorkspace(ctx: Context, runs: number, points: number): Promise<LargeWorkspace> {
  const experimentId = await createExperiment(ctx, { name: `large-${runs}-runs`, tags: [] });
  await insertRuns(ctx, experimentId, runs);
  const long = Math.round(points / 2 / longRuns / largeMetrics.length);
  const short = Math.max(1, Math.round(points / 2 / Math.max(1, runs - longRuns) / largeMetrics.length));
  for (let first = 0; first < runs; first += runsAtOnce) {
    const last = Math.min(first + runsAtOnce, runs);
    const some = Array.from({ length: last - first }, (_, index) => first + index);
    // A long run gets its own statement.
    for (const run of some.filter((one) => one < longRuns)) await insertMetrics(ctx, [run], long);
    await insertMetrics(
      ctx,
      some.filter((one) => one >= longRuns),
      short,
    );
    if (first % 10_000 === 0) console.log(`large workspace: ${last} of ${runs} runs`);
  }
  for (const table of ["runs", "run_params", "run_tags", "metric_series", "metric_chunks"]) {
    await ctx.db.execute(sql`vacuum (analyze) ${sql.identifier(table)}`);
  }
  return { experimentId, longRuns: Array.from({ length: longRuns }, (_, run) => idOf(run)) };
}

const idOf = (run: number) => run.toString(16).padStart(32, "0");

/** Inserts runs: the last one started now, each one before it 40 s earlier. One in 16 failed. */
async function insertRuns(ctx: Context, experimentId: number, runs: number): Promise<void> {
  const { workspaceId } = ctx.actor;
  const all = sql`generate_series(0, ${runs - 1}::integer) as run`;
  const id = sql`lpad(to_hex(run), 32, '0')`;
  await ctx.db.execute(sql`
    insert into runs (id, workspace_id, experiment_id, name, user_name, status, started_at, ended_at, artifact_uri, updated_at, needs_packing)
    select ${id}, ${workspaceId}, ${experimentId}, 'run-' || run, (array['ada', 'grace', 'alan', 'edsger'])[run % 4 + 1],
      (case when run % 16 = 3 then 'FAILED' else 'FINISHED' end)::run_status, started, started + 60000 * (1 + run % 90),
      'mlflow-artifacts:/' || ${experimentId}::bigint || '/' || ${id} || '/artifacts', started + 60000 * (1 + run % 90), false
    from ${all}, lateral (select ${Date.now()}::bigint - 40000 * (${runs}::bigint - run) as started) as time`);
  await ctx.db.execute(sql`
    insert into run_params (workspace_id, run_id, key, value)
    select ${workspaceId}, ${id}, key, value from ${all}, lateral (values
      ('optimizer', (array['adam', 'adamw', 'sgd', 'lion'])[run % 4 + 1]), ('lr', (array['0.1', '0.03', '0.01', '0.003', '0.001'])[run % 5 + 1]),
      ('batch_size', (array['32', '64', '128'])[run % 3 + 1]), ('seed', (run % 10)::text), ('dropout', (run % 6 / 10.0)::text),
      ('layers', (2 + run % 11)::text), ('width', (64 * (1 + run % 8))::text), ('epochs', (10 + run % 90)::text)
    ) as param (key, value)`);
  await ctx.db.execute(sql`
    insert into run_tags (workspace_id, run_id, key, value)
    select ${workspaceId}, ${id}, key, value from ${all}, lateral (values
      ('mlflow.runName', 'run-' || run), ('mlflow.user', (array['ada', 'grace', 'alan', 'edsger'])[run % 4 + 1]),
      ('mlflow.source.git.commit', md5((run / 500)::text)), ('team', (array['vision', 'speech', 'search'])[run % 3 + 1]),
      ('host', 'gpu-' || run % 64)
    ) as tag (key, value)`);
}

interface Series {
  runId: string;
  key: string;
  last: StoredPoint;
  chunks: Chunk[];
}

async function insertMetrics(ctx: Context, runs: readonly number[], points: number): Promise<void> {
  const series = runs.flatMap((run) => largeMetrics.map((key, metric) => makeSeries(run, key, metric, points)));
  if (series.length === 0) return;
  const column = (read: (one: Series) => number) => numbersOf(series.map(read));
  const chunks = series.flatMap(({ chunks }, index) => chunks.map((chunk) => ({ chunk, place: index + 1 })));
  const of = (read: (chunk: Chunk) => number | null) => numbersOf(chunks.map(({ chunk }) => read(chunk)));
  await ctx.db.execute(sql`
    with sent as (
      select * from unnest(
        ${sql.param(series.map(({ runId }) => runId))}::text[], ${sql.param(series.map(({ key }) => key))}::text[],
        ${column(({ last }) => last.step)}::bigint[], ${column(({ last }) => last.timestamp)}::bigint[],
        ${column(({ last }) => last.value)}::double precision[]
      ) with ordinality as sent (run_id, key, step, timestamp, value, place)
    ), series as (
      insert into metric_series
        (workspace_id, run_id, key, step, timestamp, value, packed_step, packed_timestamp, packed_value)
      select ${ctx.actor.workspaceId}::uuid, run_id, key, step, timestamp, value, step, timestamp, value from sent
      returning id, run_id, key
    )
    insert into metric_chunks (
      series_id, first_step, first_timestamp, first_value, last_step, last_timestamp, last_value, earliest, latest, points,
      is_settled, data
    )
    select series.id, chunk.first_step, chunk.first_timestamp, chunk.first_value, chunk.last_step, chunk.last_timestamp,
      chunk.last_value, chunk.earliest, chunk.latest, chunk.points, true, chunk.data
    from unnest(
      ${numbersOf(chunks.map(({ place: index }) => index))}::integer[],
      ${of(({ firstStep }) => firstStep)}::bigint[], ${of(({ firstTimestamp }) => firstTimestamp)}::bigint[],
      ${of(({ firstValue }) => firstValue)}::double precision[], ${of(({ lastStep }) => lastStep)}::bigint[],
      ${of(({ lastTimestamp }) => lastTimestamp)}::bigint[], ${of(({ lastValue }) => lastValue)}::double precision[],
      ${of(({ earliest }) => earliest)}::bigint[], ${of(({ latest }) => latest)}::bigint[], ${of((chunk) => chunk.points)}::integer[],
      ${sql.param(chunks.map(({ chunk }) => chunk.data))}::bytea[]
    ) as chunk (
      place, first_step, first_timestamp, first_value, last_step, last_timestamp, last_value, earliest, latest, points, data
    ) join sent using (place) join series using (run_id, key)`);
}

/** Generates a realistic training curve: falling losses, rising accuracy, noise in every digit. */
function makeSeries(run: number, key: string, metric: number, points: number): Series {
  const start = Date.now() - 40_000 * (run % 100_000);
  const speed = 3 + ((run * 7 + metric) % 11);
  const all = Array.from({ length: points }, (_, index): StoredPoint => {
    const left = Math.exp((-speed * (index + 1)) / points) + Math.random() / 20;
    return {
      step: index * 10,
      timestamp: start + index * 1_000 + (index % 7),
      value: key === "val/accuracy" ? 1 - left : left,
    };
  });
  return { runId: idOf(run), key, last: all.at(-1) as StoredPoint, chunks: toChunks(all, true) };
}
