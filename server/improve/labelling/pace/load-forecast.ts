import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { assumed } from "../consensus/settle-tasks.ts";
import { mainControl } from "../projects/check-label-config.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { answersOfNewTask } from "./answers-of-new-task.ts";
import type { LabelProgress } from "./contract.ts";
import { forecastBacklog, labelPace } from "./label-pace.ts";

const Recent = z.object({
  answersPerSettled: z.number().nullable(),
  oldestOpen: z.number().nullable(),
  spent: z.array(z.object({ spent: z.array(z.number()) })),
});
const Hour = z.object({ answers: z.number() });

type Forecast = Omit<LabelProgress, "open" | "settled" | "answers" | "days">;

/** Forecasts how long the open tasks of a project take, from its counts. The caller has checked permissions. */
export async function loadForecast(
  ctx: Context,
  projectId: number,
  counts: { open: number; settled: number; review: number; answers: number },
): Promise<Forecast> {
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
  const answersPerSettled = recent.answersPerSettled ?? (await expectedOf(ctx, projectId));
  const closed = counts.settled + counts.review;
  const forecast = forecastBacklog({
    open: counts.open,
    answersPerSettled,
    given: Math.max(0, counts.answers - closed * answersPerSettled),
    paces,
    hourly: hours.map(({ answers }) => answers),
  });
  return {
    active: recent.spent.length,
    answersPerSettled: recent.answersPerSettled,
    ...forecast,
    oldestOpenAt: recent.oldestOpen === null ? null : new Date(recent.oldestOpen),
  };
}

/** Answers that a task takes while none of the project is settled. */
async function expectedOf(ctx: Context, projectId: number): Promise<number> {
  const { config, settings } = await findLabelProject(ctx, projectId);
  return answersOfNewTask(mainControl(config), settings, assumed.accuracy);
}
