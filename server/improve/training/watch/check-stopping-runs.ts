import { sql } from "drizzle-orm";
import { systemContext } from "#server/base/context.ts";
import { checkRunHealth } from "#server/develop/tracking/health/check-run-health.ts";
import type { Round } from "#server/platform/jobs/watcher.ts";

/** Runs that one round checks; the others follow in the next. */
const runsAtOnce = 50;

/**
 * Checks the health of runs whose jobs stop on a finding, as soon as they have logged something new: other runs are checked once a minute, and a
 * job that has diverged would pay for that minute. docs/spec/training.md section 4.
 */
export async function checkStoppingRuns(round: Round): Promise<void> {
  const { rows } = await round.db.execute<{ jobId: string; runId: string; workspaceId: string }>(sql`
    select job.id as "jobId", job.run_id as "runId", job.workspace_id as "workspaceId"
    from training_jobs as job
    join runs on runs.id = job.run_id and runs.workspace_id = job.workspace_id and runs.deleted_at is null
    left join run_health_checks as seen on seen.run_id = runs.id
    where job.state = 'running' and job.stop_request is null and job.spec -> 'stopOn' <> '[]'::jsonb
      and (seen.run_id is null or runs.updated_at > seen.seen_updated_at)
    order by seen.seen_updated_at nulls first, job.id limit ${runsAtOnce}`);
  for (const { jobId: id, runId, workspaceId } of rows) {
    if (round.isStopping()) return;
    const ctx = systemContext(round.db, workspaceId, "training");
    await round.attempt({ id: `health ${id}`, workspaceId }, () =>
      checkRunHealth(ctx, { runIds: [runId], now: round.now() }),
    );
  }
}
