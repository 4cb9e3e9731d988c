import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadLabelProject } from "../projects/queries.ts";
import type { LabelProgress } from "./contract.ts";
import { forecastBacklog, labelPace } from "./label-pace.ts";

const Recent = z.object({
  answersPerSettled: z.number().nullable(),
  oldestOpen: z.number().nullable(),
  spent: z.array(z.object({ spent: z.array(z.number()) })),
});
const Day = z.object({ day: z.string(), answers: z.number(), settled: z.number() });
const Hour = z.object({ answers: z.number() });

/**
 * Returns how far a project is and how long the rest takes, from maintained counts, the last 500 settled tasks, and the answers of 14 days.
 * @throws DomainError "not-found"
 */
export async function getLabelProgress(ctx: Context, projectId: number): Promise<LabelProgress> {
  permit(ctx, "getLabelProgress");
  const { counts } = await loadLabelProject(ctx, projectId);
  const { workspaceId } = ctx.actor;
  const ofProject = sql`workspace_id = ${workspaceId} and project_id = ${projectId}`;
  const recent = rowOf(
    Recent,
    await ctx.db.execute(sql`
      select
        (select avg(people)::float8 from (
          select people from label_consensus where ${ofProject} and superseded_at is null and people > 0
          order by created_at desc limit 500
        ) as newest) as "answersPerSettled",
        (select extract(epoch from created_at)::float8 * 1000 from label_tasks
          where ${ofProject} and state = 'open' order by id limit 1) as "oldestOpen",
        coalesce((
          select jsonb_agg(jsonb_build_object('spent', array(
            select spent_ms from label_answers as answer
            where answer.project_id = annotator.project_id and answer.person = annotator.person and answer.spent_ms is not null
            order by answer.created_at desc limit 50
          )))
          from label_annotators as annotator
          where ${ofProject} and annotator.last_answer_at > now() - interval '15 minutes'
        ), '[]') as spent`),
  );
  const hours = rowsOf(
    Hour,
    await ctx.db.execute(sql`
      select count(*) as answers from label_answers
      where ${ofProject} and superseded_at is null and created_at > now() - interval '14 days'
      group by date_trunc('hour', created_at)`),
  );
  const paces = recent.spent.flatMap(({ spent }) => labelPace(spent) ?? []);
  const answersPerSettled = recent.answersPerSettled ?? 1;
  const closed = counts.settled + counts.review;
  const forecast = forecastBacklog({
    open: counts.open,
    answersPerSettled,
    given: Math.max(0, counts.answers - closed * answersPerSettled),
    paces,
    hourly: hours.map(({ answers }) => answers),
  });
  return {
    open: counts.open,
    settled: counts.settled,
    answers: counts.answers,
    active: recent.spent.length,
    answersPerSettled: recent.answersPerSettled,
    ...forecast,
    oldestOpenAt: recent.oldestOpen === null ? null : new Date(recent.oldestOpen),
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
