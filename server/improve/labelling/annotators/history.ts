import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { LabelValue } from "../contract.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { withoutHidden } from "../tasks/hidden-fields.ts";
import { annotatorOf } from "./annotator-of.ts";
import { type AnnotatorHistory, OfAnnotatorHistory } from "./contract.ts";

/** Newest answers of a person that are looked at for what they disagree on, and gold answers that are charted. */
const maxAnswers = 5000;
const maxGolds = 300;
const maxDisagreements = 20;

/**
 * Returns how a person labelled over time, and where their newest answers differ from what was settled. People see themselves; others need to be
 * reviewers. @throws DomainError "not-found"
 */
export async function getAnnotatorHistory(ctx: Context, input: OfAnnotatorHistory): Promise<AnnotatorHistory> {
  const { projectId, person, by } = OfAnnotatorHistory.parse(input);
  permit(ctx, person === (await annotatorOf(ctx)).person ? "getOwnAnnotator" : "getLabelAnnotator");
  const { settings } = await findLabelProject(ctx, projectId);
  const of = { projectId, person };
  const all = await loadDisagreements(ctx, of);
  const chosen = all.filter((one) => by === "all" || one.by === by);
  return {
    golds: await loadGolds(ctx, of),
    days: await loadDays(ctx, of),
    disagreements: chosen
      .slice(0, maxDisagreements)
      .map((one) => ({ ...one, data: withoutHidden(one.data, settings.hiddenFields).data })),
    disagreementCount: chosen.length,
  };
}

interface Of {
  projectId: number;
  person: string;
}

const Gold = z.object({ isCorrect: z.boolean() });

/** The share of correct answers after each gold item, with Wilson's interval. */
async function loadGolds(ctx: Context, { projectId, person }: Of): Promise<AnnotatorHistory["golds"]> {
  const result = await ctx.db.execute(sql`
    select coalesce(agreed, false) as "isCorrect" from (
      select agreed, created_at, id from label_answers
      where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and person = ${person} and is_gold
      order by created_at desc limit ${maxGolds}
    ) as newest order by created_at, id`);
  let correct = 0;
  return rowsOf(Gold, result).map(({ isCorrect }, index) => {
    correct += Number(isCorrect);
    const share = correct / (index + 1);
    return { share, ...wilsonInterval({ share, count: index + 1 }) };
  });
}

const Day = z.object({ day: z.string(), ownMs: z.number().nullable(), othersMs: z.number().nullable() });

/** Median time of an answer on each of the last 14 days, of the person and of all others. */
async function loadDays(ctx: Context, { projectId, person }: Of): Promise<AnnotatorHistory["days"]> {
  const median = (whose: ReturnType<typeof sql>) =>
    sql`percentile_cont(0.5) within group (order by answer.spent_ms) filter (where ${whose})`;
  const result = await ctx.db.execute(sql`
    select to_char(days.day at time zone 'UTC', 'YYYY-MM-DD') as day,
      ${median(sql`answer.person = ${person}`)} as "ownMs", ${median(sql`answer.person <> ${person}`)} as "othersMs"
    from (
      select date_trunc('day', now() at time zone 'UTC')::timestamp at time zone 'UTC' - make_interval(days => step) as day
      from generate_series(0, 13) as step
    ) as days
    left join label_answers as answer on answer.workspace_id = ${ctx.actor.workspaceId} and answer.project_id = ${projectId}
      and answer.created_at >= days.day and answer.created_at < days.day + interval '1 day'
      and answer.superseded_at is null and answer.spent_ms is not null
    group by days.day order by days.day`);
  return rowsOf(Day, result);
}

const Disagreement = z.object({
  taskId: z.number(),
  projectId: z.number(),
  item: z.string(),
  data: z.record(z.string(), z.unknown()),
  value: LabelValue.nullable(),
  settled: LabelValue.nullable(),
  by: z.enum(["gold", "review", "people"]),
  people: z.number().nullable(),
  reason: z.string(),
  at: z.number(),
});

async function loadDisagreements(ctx: Context, { projectId, person }: Of): Promise<AnnotatorHistory["disagreements"]> {
  const result = await ctx.db.execute(sql`
    select task.id as "taskId", task.project_id as "projectId", task.item, task.data, answer.value,
      case when answer.is_gold then gold.value else consensus.value end as settled,
      case when answer.is_gold then 'gold' when consensus.method = 'review' then 'review' else 'people' end as by,
      consensus.people,
      coalesce(case
        when answer.is_gold then gold.explanation
        when consensus.method = 'review' then (
          select review.reason from label_reviews as review
          where review.task_id = task.id and review.verdict = 'decided' order by review.id desc limit 1
        )
      end, '') as reason,
      extract(epoch from answer.created_at)::float8 * 1000 as at
    from (
      select * from label_answers
      where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and person = ${person} and superseded_at is null
      order by created_at desc limit ${maxAnswers}
    ) as answer
    join label_tasks as task on task.id = answer.task_id
    left join label_golds as gold on gold.task_id = task.id
    left join label_consensus as consensus on consensus.task_id = task.id and consensus.superseded_at is null
    where not answer.agreed
    order by answer.created_at desc, answer.id desc`);
  return rowsOf(Disagreement, result).map(({ at, ...one }) => ({ ...one, at: new Date(at) }));
}
