import { and, eq, lt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { playgroundRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { describeLost, lostAfterMs } from "./lost-runs.ts";

/** As long as the prediction log. */
const keepDays = 30;
/** Maximum number of runs of one workspace, explanations included; the oldest are deleted first. */
const maxRuns = 10_000;

/** Runs as a job: deletes runs of the playground after 30 days or beyond 10,000, and ends those that lost their process. */
export async function deleteOldPlaygroundRuns(
  { db }: Context,
  most = maxRuns,
  attempt: Attempt = attemptOnce,
): Promise<void> {
  const isOld = lt(playgroundRuns.startedAt, sql`now() - make_interval(days => ${keepDays})`);
  await attempt({ id: "old runs" }, () => db.delete(playgroundRuns).where(isOld));
  await attempt({ id: "runs beyond the limit" }, () => deleteBeyond(db, most));
  await attempt({ id: "lost runs" }, () => endLostRuns(db));
}

async function deleteBeyond(db: Database, most: number): Promise<void> {
  await db.execute(sql`
    delete from playground_runs where id in (
      select id from (
        select id, row_number() over (partition by workspace_id order by started_at desc, id desc) as place
        from playground_runs
      ) as placed where place > ${most}
    )`);
}

async function endLostRuns(db: Database): Promise<void> {
  await db
    .update(playgroundRuns)
    .set({
      state: "failed",
      problem: sql`case when ${playgroundRuns.kind} = 'batch' then ${describeLost("batch")} else ${describeLost("run")} end`,
      endedAt: sql`now()`,
    })
    .where(
      and(
        eq(playgroundRuns.state, "running"),
        lt(playgroundRuns.heartbeatAt, sql`now() - make_interval(secs => ${lostAfterMs / 1000})`),
      ),
    );
}
