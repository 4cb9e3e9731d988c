import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { JobState } from "../contract.ts";
import { jobProblemKinds } from "./problem-kinds.ts";

const Row = z.object({
  jobId: z.string(),
  name: z.string(),
  state: JobState,
  /** Why it ended, in words. */
  message: z.string().nullable(),
  sweepId: z.string().nullable(),
  sweep: z.string().nullable(),
  team: z.string().nullable(),
  /** Null when it was removed. */
  engine: z.string().nullable(),
  engineId: z.string().nullable(),
  isSilent: z.boolean(),
  kind: z.enum(jobProblemKinds),
  /** Milliseconds since 1970. */
  since: z.number(),
  /** Damaged checkpoints. */
  count: z.number(),
});

/** Why someone should look at a job. A job may have several. */
export type JobProblem = z.infer<typeof Row>;

/** Time without a checkpoint after which a running job has a problem, unless it saves less often by itself. */
const unsavedMs = 50 * minuteMs;
/** Time that a job waits for an engine that runs nothing, and that an engine does not answer while jobs wait. */
const [stalledMs, silentMs] = [15 * minuteMs, 5 * minuteMs];
const maxProblems = 1_000;

/**
 * Finds the jobs of the workspace that someone should look at, worst first: those that failed or were lost within a day, whose checkpoints are
 * damaged or do not come, and that wait though their engine could run them. The list of jobs, its count and alerts all say this.
 * docs/spec/training.md section 17. The caller has checked permissions. @param now milliseconds since 1970
 */
export async function findJobProblems(ctx: Context, now: number): Promise<JobProblem[]> {
  const { workspaceId } = ctx.actor;
  const at = sql`${new Date(now).toISOString()}::timestamptz`;
  const ms = (value: number) => sql`${value} * interval '1 millisecond'`;
  const problems = await ctx.db.execute(sql`
    with job as (
      select *, case
          when state = 'submitting' then (select launched_at from training_launches as launch
            where launch.job_id = training_jobs.id and launch.number = training_jobs.launches)
          when stop_request is not null then null
          when waiting is null then coalesce(not_before, submitted_at)
          when waiting ->> 'code' in ('engine-silent', 'engine-full', 'behind', 'too-large', 'no-engine', 'no-gpus', 'no-cores')
            then (waiting ->> 'since')::timestamptz
        end as waits_since
      from training_jobs where workspace_id = ${workspaceId}
        and (state in ('waiting', 'submitting', 'running', 'resuming') or ended_at >= ${at} - interval '1 day')
    ), problem as (
      select id, 'failed' as kind, ended_at as since, 0 as count from job where state in ('failed', 'lost')
      union all
      select job.id, 'torn', min(torn.torn_at), count(*)::int from job
      join training_checkpoints as torn on torn.job_id = job.id and torn.torn_at is not null
      where job.state in ('submitting', 'running', 'resuming') and not exists (
        select from training_checkpoints as later
        where later.job_id = job.id and later.torn_at is null and later.created_at > torn.torn_at)
      group by job.id
      union all
      select job.id, 'unsaved', greatest(attempt.started_at, saved.newest), 0 from job
      cross join lateral (
        select max(started_at) as started_at from training_attempts where job_id = job.id) as attempt
      cross join lateral (
        select max(created_at) filter (where torn_at is null) as newest, avg(gap) as usual from (
          select created_at, torn_at, created_at - lag(created_at) over (partition by attempt_id order by seq) as gap
          from training_checkpoints where job_id = job.id) as each) as saved
      where job.state = 'running' and greatest(attempt.started_at, saved.newest)
        <= ${at} - greatest(${ms(unsavedMs)}, 2 * saved.usual)
      union all
      select job.id, 'stalled', case when engine.silent_since <= ${at} - ${ms(silentMs)} then engine.silent_since else job.waits_since end, 0
      from job
      left join training_engines as engine on engine.id = job.engine_id
      where job.state in ('waiting', 'submitting', 'resuming') and (
        (job.waits_since is not null and engine.silent_since <= ${at} - ${ms(silentMs)})
        or (job.waits_since <= ${at} - ${ms(stalledMs)} and (
          coalesce(job.waiting ->> 'code' in ('too-large', 'no-engine'), false)
          or not exists (select from job as other where other.engine_id = job.engine_id and other.state = 'running'))))
    )
    select job.id as "jobId", job.name, job.state, job.message, job.sweep_id::text as "sweepId", sweep.name as sweep,
      team.name as team, engine.name as engine, engine.id::text as "engineId",
      coalesce(engine.silent_since <= ${at} - ${ms(silentMs)}, false) as "isSilent", problem.kind,
      (extract(epoch from problem.since) * 1000)::float8 as since, problem.count
    from problem join job on job.id = problem.id
    left join training_sweeps as sweep on sweep.id = job.sweep_id
    left join teams as team on team.id = job.team_id
    left join training_engines as engine on engine.id = job.engine_id
    order by array_position(array['failed', 'torn', 'unsaved', 'stalled'], problem.kind), problem.since desc, job.id
    limit ${maxProblems}`);
  return rowsOf(Row, problems);
}
