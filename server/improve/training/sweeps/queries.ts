import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { trainingEngines, trainingSweeps } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { parameterImportance } from "#server/stats/training/parameter-importance.ts";
import { type EndCause, JobSpec, type JobState, openJobStates, type Parameters, type Resources } from "../contract.ts";
import {
  type Comparison,
  ListSweeps,
  type RungValue,
  type Sweep,
  type SweepDetails,
  SweepSpec,
  type SweepTrial,
} from "./contract.ts";
import { comparisonsOf, rungCounts } from "./halving.ts";
import { trialsOf } from "./parameter-sets.ts";

/** Lists sweeps, newest first. */
export async function listSweeps(ctx: Context, input: ListSweeps = {}): Promise<Sweep[]> {
  permit(ctx, "listSweeps");
  const { limit, before, experimentId } = ListSweeps.parse(input);
  const rows = await ctx.db
    .select()
    .from(trainingSweeps)
    .where(
      and(
        eq(trainingSweeps.workspaceId, ctx.actor.workspaceId),
        experimentId === undefined ? undefined : inExperiment(experimentId),
        before === undefined
          ? undefined
          : sql`(${trainingSweeps.createdAt}, ${trainingSweeps.id}) < (select last.created_at, last.id
              from training_sweeps as last where last.workspace_id = ${ctx.actor.workspaceId} and last.id = ${before})`,
      ),
    )
    .orderBy(desc(trainingSweeps.createdAt), desc(trainingSweeps.id))
    .limit(limit);
  return (await withTrials(ctx, rows)).map(({ sweep }) => sweep);
}

/** Counts all sweeps, or those whose runs are in an experiment. */
export async function countSweeps(ctx: Context, experimentId?: number): Promise<number> {
  permit(ctx, "listSweeps");
  const own = eq(trainingSweeps.workspaceId, ctx.actor.workspaceId);
  return ctx.db.$count(trainingSweeps, and(own, experimentId === undefined ? undefined : inExperiment(experimentId)));
}

function inExperiment(experimentId: number): SQL {
  return sql`exists (select from runs as parent where parent.id = ${trainingSweeps.runId}
    and parent.workspace_id = ${trainingSweeps.workspaceId} and parent.experiment_id = ${experimentId})`;
}

/** Reads sweeps by id, with their trials, for a caller that has checked permissions. */
export async function loadSweeps(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, { sweep: Sweep; list: SweepTrial[]; resources: Resources }>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select()
    .from(trainingSweeps)
    .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), inArray(trainingSweeps.id, [...ids])));
  const all = await withTrials(ctx, rows);
  return new Map(
    rows.flatMap(({ id, job }, at) => {
      const one = all[at];
      return one ? [[id, { ...one, resources: JobSpec.parse(job.spec).resources }]] : [];
    }),
  );
}

async function withTrials(
  ctx: Context,
  rows: readonly (typeof trainingSweeps.$inferSelect)[],
): Promise<{ sweep: Sweep; list: SweepTrial[] }[]> {
  const ids = rows.map(({ id }) => id);
  const trials = Map.groupBy(await readTrials(ctx, ids), ({ sweepId }) => sweepId);
  const engines = await readEngines(ctx, rows);
  return rows.map((row) => shown(row, trials.get(row.id) ?? [], engines));
}

/**
 * Returns a sweep with its trials, their parameters and metric (what parallel coordinates draw), the best of them, and how much each parameter
 * explains. docs/spec/training.md section 11. @throws DomainError "not-found"
 */
export async function getSweep(ctx: Context, id: string): Promise<SweepDetails> {
  permit(ctx, "getSweep");
  return loadSweep(ctx, id);
}

/** The same for a caller that has checked permissions. @throws DomainError "not-found" */
export async function loadSweep(ctx: Context, id: string): Promise<SweepDetails> {
  const [row] = await ctx.db
    .select()
    .from(trainingSweeps)
    .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), eq(trainingSweeps.id, id)));
  if (!row) throw noSweep();
  const rows = await readTrials(ctx, [id]);
  const { sweep, list } = shown(row, rows, await readEngines(ctx, [row]));
  // A diverged trial has no finite number: it is the worst, and says as much about its parameters as any other.
  const worst = sweep.spec.goal === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const measured = list.filter(({ trial }) => rows.some((one) => one.trial === trial && one.metric !== null));
  const importance = parameterImportance(
    Object.keys(sweep.spec.space),
    measured.map(({ parameters, metric }) => ({ parameters, value: metric ?? worst })),
    sweep.spec.goal,
  );
  const { halving, space } = sweep.spec;
  const { parameters = {} } = row.job.spec;
  return {
    ...sweep,
    list,
    experiment: row.job.experiment,
    fixed: Object.fromEntries(Object.entries(parameters).filter(([name]) => !(name in space))),
    rungs: halving ? rungCounts(row.rungs, halving) : [],
    importance,
  };
}

export const noSweep = () => new DomainError("not-found", "Sweep not found.");

interface TrialRow extends Record<string, unknown> {
  sweepId: string;
  trial: number;
  jobId: string;
  runId: string;
  state: JobState;
  cause: EndCause | null;
  parameters: Parameters;
  /** NaN and infinities as Postgres writes them; null without any. */
  metric: number | null;
  /** Milliseconds since 1970. */
  startedAt: number | null;
  endedAt: number | null;
}

/** Names of the engines of sweeps, by id. */
async function readEngines(
  ctx: Context,
  sweeps: readonly (typeof trainingSweeps.$inferSelect)[],
): Promise<Map<string, string>> {
  const ids = [...new Set(sweeps.map(({ job }) => job.engineId))];
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: trainingEngines.id, name: trainingEngines.name })
    .from(trainingEngines)
    .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), inArray(trainingEngines.id, ids)));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function readTrials(ctx: Context, ids: readonly string[]): Promise<TrialRow[]> {
  if (ids.length === 0) return [];
  const list = sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const { rows } = await ctx.db.execute<TrialRow>(sql`
    select job.sweep_id as "sweepId", job.trial, job.id as "jobId", job.run_id as "runId", job.state, job.cause,
      coalesce(job.spec -> 'parameters', '{}'::jsonb) as parameters, series.value as metric,
      (extract(epoch from job.started_at) * 1000)::float8 as "startedAt",
      (extract(epoch from job.ended_at) * 1000)::float8 as "endedAt"
    from training_jobs as job
    join training_sweeps as sweep on sweep.id = job.sweep_id
    left join metric_series as series on series.run_id = job.run_id and series.workspace_id = job.workspace_id
      and series.key = sweep.spec ->> 'metric'
    where job.workspace_id = ${ctx.actor.workspaceId} and job.sweep_id in (${list})
    order by job.sweep_id, job.trial`);
  return rows;
}

function shown(
  row: typeof trainingSweeps.$inferSelect,
  trials: readonly TrialRow[],
  engines: ReadonlyMap<string, string>,
): { sweep: Sweep; list: SweepTrial[] } {
  const spec = SweepSpec.parse(row.spec);
  const ended = endedEarly(spec, row.rungs);
  const names = Object.keys(spec.space);
  const list = trials.map((one): SweepTrial => {
    const comparison = one.state === "stopped" ? (ended.get(one.trial) ?? null) : null;
    return {
      trial: one.trial,
      jobId: one.jobId,
      runId: one.runId,
      state: one.state,
      cause: one.cause,
      parameters: Object.fromEntries(
        names.flatMap((name) => {
          const value = one.parameters[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      metric: one.metric !== null && Number.isFinite(one.metric) ? one.metric : null,
      endedAtStep: comparison?.step ?? null,
      comparison,
      startedAt: one.startedAt === null ? null : new Date(one.startedAt),
      endedAt: one.endedAt === null ? null : new Date(one.endedAt),
    };
  });
  const count = (is: (trial: SweepTrial) => boolean) => list.filter(is).length;
  const sweep = {
    id: row.id,
    name: row.name,
    spec,
    state: row.state,
    message: row.message,
    runId: row.runId,
    engine: engines.get(row.job.engineId) ?? null,
    template: row.job.template?.name ?? null,
    trials: trialsOf(spec),
    counts: {
      open: count(({ state }) => openJobStates.some((one) => one === state)),
      finished: count(({ state }) => state === "finished"),
      endedEarly: count(({ endedAtStep }) => endedAtStep !== null),
      failed: count(({ state }) => state === "failed" || state === "lost"),
      stopped: count(({ state, endedAtStep }) => state === "stopped" && endedAtStep === null),
    },
    best: bestOf(list, spec.goal),
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
  };
  return { sweep, list };
}

/** How each trial that did not go on stood where it was compared. */
const endedEarly = ({ halving }: SweepSpec, rungs: readonly RungValue[]): Map<number, Comparison> =>
  halving ? comparisonsOf(rungs, halving) : new Map();

/** The finished trial with the best metric; of equal ones the first. */
function bestOf(list: readonly SweepTrial[], goal: "min" | "max"): SweepTrial | null {
  const sign = goal === "max" ? 1 : -1;
  const finished = list.filter(({ state, metric }) => state === "finished" && metric !== null);
  const worth = ({ metric }: SweepTrial) => sign * (metric ?? Number.NaN);
  return finished.reduce<SweepTrial | null>((best, one) => (best && worth(best) >= worth(one) ? best : one), null);
}
