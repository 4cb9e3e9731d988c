import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadLabelProject } from "../projects/queries.ts";
import type { LabelProgress } from "./contract.ts";
import { loadForecast } from "./load-forecast.ts";

const Day = z.object({ day: z.string(), answers: z.number(), settled: z.number() });

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
    days: await loadDays(ctx, projectId),
  };
}

async function loadDays(ctx: Context, projectId: number): Promise<LabelProgress["days"]> {
  const { workspaceId } = ctx.actor;
  const ofProject = sql`workspace_id = ${workspaceId} and project_id = ${projectId} and created_at >= first.day`;
  const byDay = (column: string) => sql`to_char(${sql.identifier(column)} at time zone 'UTC', 'YYYY-MM-DD')`;
  const result = await ctx.db.execute(sql`
    with first as (select date_trunc('day', now() at time zone 'UTC')::timestamp at time zone 'UTC' - interval '13 days' as day),
    answers as (
      select ${byDay("created_at")} as day, count(*) as number from label_answers, first
      where ${ofProject} and superseded_at is null group by 1
    ), settled as (
      select ${byDay("created_at")} as day, count(*) as number from label_consensus, first
      where ${ofProject} and superseded_at is null group by 1
    )
    select days.day, coalesce(answers.number, 0) as answers,
      coalesce(settled.number, 0) as settled
    from (
      select to_char((first.day + make_interval(days => step)) at time zone 'UTC', 'YYYY-MM-DD') as day
      from first, generate_series(0, 13) as step
    ) as days
    left join answers using (day) left join settled using (day)
    order by 1`);
  return rowsOf(Day, result);
}
