import { sql } from "drizzle-orm";
import { type Context, systemContext } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { checkRunHealth } from "./check-run-health.ts";

const runsAtOnce = 50;
/** Time budget within the minute until the next check, which leaves time for other jobs. */
const budgetMs = 20_000;
/** Maximum age of the last write of a run that is checked for the first time. */
const maxAgeMs = 7 * dayMs;

/**
 * Job: checks the runs of all workspaces that were written to since the last check, running ones first, and those whose maximum time
 * without writes has passed. Runs that one check does not reach are left to the next.
 */
export async function watchRuns(ctx: Context): Promise<void> {
  const started = Date.now();
  const seen = new Set<string>();
  while (Date.now() - started < budgetMs) {
    const now = Date.now();
    const moved = await findMovedRuns(ctx, now, seen);
    if (moved.length === 0) return;
    for (const { id } of moved) seen.add(id);
    for (const [workspaceId, runs] of Map.groupBy(moved, (run) => run.workspace_id)) {
      const own = systemContext(ctx.db, workspaceId, "watch-runs");
      // One run that cannot be read must not hide the others.
      for (const { id } of runs)
        await checkRunHealth(own, { runIds: [id], now }).catch((cause: unknown) =>
          log.error("run.health-check-failed", { runId: id, cause }),
        );
    }
  }
  log.warn("runs.watch_lagging", { seen: seen.size });
}

/** Finds updated runs, except those that this job has already checked: it would find a constantly updated run again and again. */
async function findMovedRuns(ctx: Context, now: number, without: ReadonlySet<string>) {
  const { rows } = await ctx.db.execute<{ id: string; workspace_id: string }>(sql`
    select runs.id, runs.workspace_id from runs
    left join run_health_checks seen on seen.run_id = runs.id
    where runs.deleted_at is null and not runs.id = any(${sql.param([...without])}::text[]) and (
      (runs.updated_at > ${now - maxAgeMs} and (seen.run_id is null or runs.updated_at > seen.seen_updated_at))
      or seen.due_at <= ${now}
    )
    order by runs.status = 'RUNNING' desc, runs.updated_at desc limit ${runsAtOnce}`);
  return rows;
}
