import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { model } from "./set-up.ts";

export interface Verified {
  /** What there is twice of a cycle, and what an adopted one lacks, in words. */
  doubled: string[];
  lost: string[];
  /** Attempts of the jobs, by how they ended. */
  attempts: Map<string, number>;
}

interface Parts extends Record<string, unknown> {
  number: number;
  state: string;
  hasData: boolean;
  hasApproval: boolean;
  hasGates: boolean;
  jobs: number;
  jobState: string | null;
  liveAttempts: number;
  versions: number;
  candidateVersions: number;
  runs: number;
  doneRuns: number;
  gates: number;
  doubledGates: number;
  rollouts: number;
  promoted: number;
  deployments: number;
  started: number;
  ended: number;
  steps: number;
}

/** Steps that an adopted cycle has taken. */
const allSteps = 8;

/**
 * Counts what each ended cycle has made, from the rows themselves and not from what the cycle names.
 * @param requested cycles that were asked for
 */
export async function verify(db: Database, requested: number): Promise<Verified> {
  const jobName = sql`${model} || ' retraining ' || cycle.number`;
  const { rows } = await db.execute<Parts>(sql`
    select cycle.number, cycle.state, cycle.data -> 'version' ->> 'id' is not null as "hasData",
      cycle.gates_at is not null as "hasGates", coalesce((cycle.approval -> 'decision' ->> 'isGiven')::boolean, false) as "hasApproval",
      (select count(*) from training_jobs where name = ${jobName})::int as jobs,
      (select state from training_jobs where id = cycle.job_id) as "jobState",
      (select count(*) from training_attempts where job_id = cycle.job_id and state <> 'ended')::int as "liveAttempts",
      (select count(*) from model_versions as version join training_jobs as job on job.run_id = version.run_id
        where job.name = ${jobName})::int as versions,
      (select count(*) from model_versions where id = cycle.candidate_id)::int as "candidateVersions",
      (select count(*) from evaluation_runs where version_id = cycle.candidate_id)::int as runs,
      (select count(*) from evaluation_runs where version_id = cycle.candidate_id and state = 'done')::int as "doneRuns",
      (select count(*) from gate_runs where version_id = cycle.candidate_id)::int as gates,
      (select count(*) - count(distinct (check_id, gate)) from gate_runs where version_id = cycle.candidate_id)::int as "doubledGates",
      (select count(*) from rollouts where canary_version_id = cycle.candidate_id)::int as rollouts,
      (select count(*) from rollouts where id = cycle.rollout_id and phase = 'promoted')::int as promoted,
      (select count(*) from deployments where version_id = cycle.candidate_id)::int as deployments,
      (select count(*) from audit_events where subject = 'retraining-cycle/' || cycle.id and action = 'retraining-cycle.started')::int as started,
      (select count(*) from audit_events where subject = 'retraining-cycle/' || cycle.id and action = 'retraining-cycle.ended')::int as ended,
      (select count(*) from retraining_steps where cycle_id = cycle.id)::int as steps
    from retraining_cycles as cycle order by cycle.number`);
  const found: Verified = { doubled: [], lost: [], attempts: new Map() };
  if (rows.length > requested) found.doubled.push(`${requested} cycles were requested, ${rows.length} are there.`);
  if (rows.length < requested) found.lost.push(`${requested} cycles were requested, ${rows.length} are there.`);
  for (const row of rows) {
    const twice = { jobs: row.jobs, versions: row.versions, runs: row.runs, rollouts: row.rollouts };
    for (const [what, count] of Object.entries({ ...twice, started: row.started, ended: row.ended })) {
      if (count > 1) found.doubled.push(`Cycle ${row.number} has ${count} ${what}.`);
    }
    if (row.doubledGates > 0) found.doubled.push(`Cycle ${row.number} has ${row.doubledGates} gate results twice.`);
    if (row.started !== 1 || row.ended !== 1) found.lost.push(`Cycle ${row.number} lacks an audit record.`);
    if (row.liveAttempts > 0) found.lost.push(`Cycle ${row.number} (${row.state}) left an attempt that has not ended.`);
    if (row.state === "adopted") found.lost.push(...lackingOf(row));
  }
  const { rows: ends } = await db.execute<{ end: string; count: number }>(sql`
    select concat_ws(', ', cause, message) as "end", count(*)::int as count from training_attempts group by 1 order by 2 desc`);
  for (const { end, count } of ends) found.attempts.set(end, count);
  return found;
}

function lackingOf(row: Parts): string[] {
  const isThere = {
    "its dataset version": row.hasData,
    "its finished job": row.jobs === 1 && row.jobState === "finished",
    "its version": row.versions === 1 && row.candidateVersions === 1,
    "its evaluation": row.runs >= 1 && row.doneRuns === row.runs,
    "its gates": row.hasGates && row.gates >= 1,
    "its approval": row.hasApproval,
    "its rollout": row.rollouts === 1 && row.promoted === 1,
    "its deployment": row.deployments >= 1,
    "one of its steps": row.steps === allSteps,
  };
  return Object.entries(isThere).flatMap(([what, is]) => (is ? [] : [`Cycle ${row.number} lacks ${what}.`]));
}
