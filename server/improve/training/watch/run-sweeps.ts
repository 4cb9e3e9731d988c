import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { trainingEngines, trainingJobs, trainingSweeps } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { sampleMetricHistory } from "#server/develop/tracking/metrics/history-queries.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { Round } from "#server/platform/jobs/watcher.ts";
import { JobSpec, openJobStates, type StopRequest } from "../contract.ts";
import { createJob } from "../jobs/create-job.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { requestStop } from "../jobs/stop-job.ts";
import { type Halving, type RungValue, SweepSpec } from "../sweeps/contract.ts";
import { endSweepRun } from "../sweeps/end-sweep-run.ts";
import { endedTrials, rungSteps } from "../sweeps/halving.ts";
import { lockSweep } from "../sweeps/lock-sweep.ts";
import { parametersOf, trialsOf } from "../sweeps/parameter-sets.ts";

/**
 * Does what is next for every sweep: compares trials, stops those that do not go on, submits more, and ends it with its last trial. Each step is a
 * transaction that holds the sweep and decides by what is stored, so that one that was cut off is done again, and never twice.
 * docs/spec/training.md section 11.
 */
export async function runSweeps(round: Round): Promise<void> {
  const { rows } = await round.db.execute<{ id: string; workspaceId: string }>(sql`
    select id, workspace_id as "workspaceId" from training_sweeps as sweep
    where state = 'running' or (state = 'stopped' and exists (
      select from training_jobs as job where job.sweep_id = sweep.id and job.stop_request is null
        and job.state in ('waiting', 'submitting', 'running', 'resuming')))
    order by id`);
  for (const { id, workspaceId } of rows) {
    if (round.isStopping()) return;
    const ctx = systemContext(round.db, workspaceId, "training");
    await round.attempt({ id: `sweep ${id}`, workspaceId }, () => runSweep(ctx, id));
  }
}

async function runSweep(ctx: Context, id: string): Promise<void> {
  if (await endWithoutEngine(ctx, id)) return;
  await compareTrials(ctx, id);
  await stopTrials(ctx, id);
  while (await submitNext(ctx, id));
}

type SweepRow = typeof trainingSweeps.$inferSelect;

/**
 * Ends a sweep whose engine was removed, since nothing would ever start its trials: those that wait are stopped, and those that still run and report
 * go on until they have ended. @returns whether its engine was removed
 */
async function endWithoutEngine(ctx: Context, id: string): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const sweep = await lockSweep(ctx, id);
    const ofEngine = and(eq(trainingEngines.workspaceId, workspaceId), eq(trainingEngines.id, sweep.job.engineId));
    if (sweep.state !== "running" || (await ctx.db.$count(trainingEngines, ofEngine)) > 0) return false;
    const trials = await ctx.db
      .select({ id: trainingJobs.id, state: trainingJobs.state, stopRequest: trainingJobs.stopRequest })
      .from(trainingJobs)
      .where(and(eq(trainingJobs.workspaceId, workspaceId), eq(trainingJobs.sweepId, id)))
      .orderBy(trainingJobs.id);
    const open = trials.filter(({ state }) => openJobStates.some((one) => one === state));
    for (const job of open) {
      if (job.state !== "running" && !job.stopRequest)
        await stopTrial(ctx, job.id, "The engine of its sweep was removed.");
    }
    if (open.length > 0) return true;
    await end(ctx, sweep, { state: "stopped", reason: "Its engine was removed." });
    return true;
  });
}

/** Stores what trials have reached at the steps where they are compared. */
async function compareTrials(ctx: Context, id: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const sweep = await lockSweep(ctx, id);
    const { halving } = SweepSpec.parse(sweep.spec);
    if (!halving || sweep.state !== "running") return;
    const arrived = await readArrivals(ctx, id, { halving, known: sweep.rungs });
    if (arrived.length === 0) return;
    await ctx.db
      .update(trainingSweeps)
      .set({ rungs: [...sweep.rungs, ...arrived] })
      .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), eq(trainingSweeps.id, id)));
    await publish(ctx, "training", id);
  });
}

/** Reads the values of trials at rungs that they have reached since, in the order of the time at which they logged them. */
async function readArrivals(
  ctx: Context,
  id: string,
  { halving, known }: { halving: Halving; known: readonly RungValue[] },
): Promise<RungValue[]> {
  const { rows } = await ctx.db.execute<{ trial: number; runId: string; step: number }>(sql`
    select job.trial, job.run_id as "runId", series.step::float8 as step
    from training_jobs as job
    join metric_series as series on series.run_id = job.run_id and series.workspace_id = job.workspace_id
      and series.key = ${halving.metric}
    where job.workspace_id = ${ctx.actor.workspaceId} and job.sweep_id = ${id} and job.started_at is not null
    order by job.trial`);
  const arrivals: (RungValue & { at: number })[] = [];
  const seen = new Set(known.map(({ trial, rung }) => `${trial} ${rung}`));
  for (const [rung, first] of rungSteps(halving).entries()) {
    const due = rows.filter(({ trial, step }) => step >= first && !seen.has(`${trial} ${rung}`));
    for (const { trial, runId } of due) {
      const range = { start: first, end: Number.MAX_SAFE_INTEGER };
      const points = await sampleMetricHistory(ctx, { runIds: [runId], key: halving.metric, limit: 1, range });
      // A step that was logged again, after a resume, has its newest value.
      const step = Math.min(...points.map((point) => point.step));
      const point = points.findLast((one) => one.step === step);
      if (!point) continue;
      const value = typeof point.value === "number" && Number.isFinite(point.value) ? point.value : null;
      arrivals.push({ trial, rung, value, at: point.timestamp });
    }
  }
  return arrivals
    .sort((a, b) => a.at - b.at || a.trial - b.trial || a.rung - b.rung)
    .map(({ trial, rung, value }) => ({ trial, rung, value }));
}

/** Asks trials to stop: all that are open where the sweep was stopped, else those that do not go on. */
async function stopTrials(ctx: Context, id: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const [sweep] = await ctx.db
    .select()
    .from(trainingSweeps)
    .where(and(eq(trainingSweeps.workspaceId, workspaceId), eq(trainingSweeps.id, id)));
  const halving = sweep && SweepSpec.parse(sweep.spec).halving;
  if (!sweep || (sweep.state === "running" && !halving)) return;
  const open = await ctx.db
    .select({ id: trainingJobs.id, trial: trainingJobs.trial })
    .from(trainingJobs)
    .where(
      and(
        eq(trainingJobs.workspaceId, workspaceId),
        eq(trainingJobs.sweepId, id),
        inArray(trainingJobs.state, [...openJobStates]),
        isNull(trainingJobs.stopRequest),
      ),
    )
    .orderBy(trainingJobs.id);
  const ended = halving ? endedTrials(sweep.rungs, halving) : new Map<number, number>();
  for (const job of open) {
    const rung = ended.get(job.trial ?? -1);
    if (sweep.state === "stopped") await stopTrial(ctx, job.id, "Its sweep was stopped.");
    else if (rung !== undefined && halving) await stopTrial(ctx, job.id, describeEnd(halving, rung));
  }
}

const describeEnd = (halving: Halving, rung: number) =>
  `At step ${rungSteps(halving)[rung] ?? 0} its ${halving.metric} was not among the best 1/${halving.factor} of the trials so far.`;

async function stopTrial(ctx: Context, id: string, reason: string): Promise<void> {
  await transact(ctx, async (ctx) => {
    const job = await lockJob(ctx, id);
    if (job.stopRequest || !openJobStates.some((state) => state === job.state)) return;
    const request: StopRequest = { cause: "cancelled", reason, byName: "Leeway", at: new Date().toISOString() };
    await requestStop(ctx, id, request);
    await record(ctx, "training-job.stopped", { subject: `training-job/${id}`, before: { state: job.state }, reason });
    await publish(ctx, "training", id);
  });
}

interface Counts extends Record<string, unknown> {
  next: number;
  open: number;
  failed: number;
  others: number;
}

/** So many failures, and nothing else, say that the program is broken, and more trials are a waste. */
const maxFailed = 3;

/** Submits the next trial where there is room for it, or ends the sweep after its last one. @returns whether one was submitted */
async function submitNext(ctx: Context, id: string): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const sweep = await lockSweep(ctx, id);
    if (sweep.state !== "running") return false;
    const spec = SweepSpec.parse(sweep.spec);
    const { rows } = await ctx.db.execute<Counts>(sql`
      select coalesce(max(trial) + 1, 0)::int as next,
        (count(*) filter (where state in ('failed', 'lost')))::int as failed,
        (count(*) filter (where state in ('finished', 'stopped')))::int as others,
        (count(*) filter (where state in ('waiting', 'submitting', 'running', 'resuming')))::int as open
      from training_jobs where workspace_id = ${ctx.actor.workspaceId} and sweep_id = ${id}`);
    const { next, open, failed, others } = rows[0] ?? { next: 0, open: 0, failed: 0, others: 0 };
    if (next < trialsOf(spec)) {
      if (failed >= maxFailed && others === 0) {
        await end(ctx, sweep, { state: "stopped", reason: `Its first ${failed} trials all failed.` });
        return false;
      }
      if (open >= spec.maxParallel) return false;
      return submitTrial(ctx, sweep, next);
    }
    if (open === 0) await end(ctx, sweep, { state: "ended" });
    return false;
  });
}

/** @returns false where the engine of the sweep was removed */
async function submitTrial(ctx: Context, sweep: SweepRow, trial: number): Promise<boolean> {
  const { engineId, template, ...job } = sweep.job;
  const spec = JobSpec.parse(job.spec);
  const parameters = { ...spec.parameters, ...parametersOf(SweepSpec.parse(sweep.spec), trial) };
  const [engine] = await ctx.db
    .select({ id: trainingEngines.id, name: trainingEngines.name })
    .from(trainingEngines)
    .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, engineId)));
  if (!engine) return false;
  await createJob(ctx, {
    ...job,
    name: `${sweep.name} ${trial}`,
    template: template ?? undefined,
    spec: { ...spec, parameters },
    engine,
    parentRunId: sweep.runId,
    sweep: { id: sweep.id, trial },
  });
  return true;
}

async function end(
  ctx: Context,
  { id, runId, name }: SweepRow,
  { state, reason = null }: { state: "ended" | "stopped"; reason?: string | null },
): Promise<void> {
  await ctx.db
    .update(trainingSweeps)
    .set({ state, message: reason, endedAt: sql`now()` })
    .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), eq(trainingSweeps.id, id)));
  await endSweepRun(ctx, runId, state === "ended" ? "FINISHED" : "KILLED");
  await record(ctx, `training-sweep.${state}`, {
    subject: `training-sweep/${id}`,
    after: { name },
    reason: reason ?? "",
  });
  await publish(ctx, "training", id);
}
