import { and, eq, lt, sql } from "drizzle-orm";
import { playgroundRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { describeLost, lostAfterMs } from "./lost-runs.ts";

/** As long as the prediction log. */
const keepDays = 30;
/** Maximum number of runs of one workspace, explanations included; the oldest are deleted first. */
const maxRuns = 10_000;

/** Runs as a job: deletes runs of the playground after 30 days or beyond 10,000, and ends those that lost their process. */
export async function deleteOldPlaygroundRuns(ctx: Context, most = maxRuns): Promise<void> {
  const { db } = ctx;
  await db.delete(playgroundRuns).where(lt(playgroundRuns.startedAt, sql`now() - make_interval(days => ${keepDays})`));
  await db.execute(sql`
    delete from playground_runs where id in (
      select id from (
        select id, row_number() over (partition by workspace_id order by started_at desc, id desc) as place
        from playground_runs
      ) as placed where place > ${most}
    )`);
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
