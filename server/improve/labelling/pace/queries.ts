import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadLabelProject } from "../projects/queries.ts";
import type { LabelProgress } from "./contract.ts";
import { withBacklog } from "./label-pace.ts";
import { loadForecast } from "./load-forecast.ts";

const Day = z.object({
  day: z.string(),
  answers: z.number(),
  settled: z.number(),
  added: z.number(),
  closed: z.number(),
});
/** Dropped tasks that are looked at; they are dropped in the order of their ids. */
const maxDropped = 5000;

/**
 * Returns how far a project is and how long the rest takes, from maintained counts, the last 500 settled tasks, and the answers of 14 days.
 * @throws DomainError "not-found"
 */
export async function getLabelProgress(ctx: Context, projectId: number): Promise<LabelProgress> {
  permit(ctx, "getLabelProgress");
  const { counts } = await loadLabelProject(ctx, projectId);
  return {
    open: counts.open,
    settled: counts.settled,
    answers: counts.answers,
    ...(await loadForecast(ctx, projectId, counts)),
    days: withBacklog(await loadDays(ctx, projectId), counts.open),
  };
}

/**
 * Reads what happened on each day. Tasks have no index by time, but ids ascend with it: the first one of the days is found by halving, and only
 * those after it are counted as added.
 */
async function loadDays(ctx: Context, projectId: number): Promise<z.infer<typeof Day>[]> {
  const { workspaceId } = ctx.actor;
  const ofProject = sql`workspace_id = ${workspaceId} and project_id = ${projectId} and created_at >= first.day`;
  const byDay = (column: string) => sql`to_char(${sql.identifier(column)} at time zone 'UTC', 'YYYY-MM-DD')`;
  const result = await ctx.db.execute(sql`
    with recursive first as (select date_trunc('day', now() at time zone 'UTC')::timestamp at time zone 'UTC' - interval '13 days' as day),
    answers as (
      select ${byDay("created_at")} as day, count(*) as number from label_answers, first
      where ${ofProject} and superseded_at is null group by 1
    ), halving as (
      select coalesce(min(id), 0) as low, coalesce(max(id), 0) + 1 as high from label_tasks
      union all
      select
        case when middle.created_at < first.day then middle.id + 1 else low end,
        case when middle.created_at < first.day then high else (low + high) / 2 end
      from halving cross join first left join lateral (
        select id, created_at from label_tasks where id >= (low + high) / 2 order by id limit 1
      ) as middle on true
      where low < high
    ), added as (
      select ${byDay("created_at")} as day, count(*) as number from label_tasks, first
      where ${ofProject} and id >= (select max(low) from halving) group by 1
    ), closed as (
      select ${byDay("closed_at")} as day, count(*) as number from (
        select coalesce(task.settled_at, consensus.created_at) as closed_at
        from label_consensus as consensus join label_tasks as task on task.id = consensus.task_id, first
        where consensus.workspace_id = ${workspaceId} and consensus.project_id = ${projectId} and consensus.superseded_at is null
          and consensus.created_at >= first.day and task.state = 'settled'
        union all
        select updated_at from label_tasks
        where workspace_id = ${workspaceId} and project_id = ${projectId} and state = 'review'
        union all
        select updated_at from (
          select updated_at from label_tasks
          where workspace_id = ${workspaceId} and project_id = ${projectId} and state = 'dropped'
          order by id desc limit ${maxDropped}
        ) as dropped
      ) as closed group by 1
    ), settled as (
      select ${byDay("created_at")} as day, count(*) as number from label_consensus, first
      where ${ofProject} and superseded_at is null group by 1
    )
    select days.day, coalesce(answers.number, 0) as answers,
      coalesce(settled.number, 0) as settled, coalesce(added.number, 0) as added, coalesce(closed.number, 0) as closed
    from (
      select to_char((first.day + make_interval(days => step)) at time zone 'UTC', 'YYYY-MM-DD') as day
      from first, generate_series(0, 13) as step
    ) as days
    left join answers using (day) left join settled using (day)
    left join added using (day) left join closed using (day)
    order by 1`);
  return rowsOf(Day, result);
}
