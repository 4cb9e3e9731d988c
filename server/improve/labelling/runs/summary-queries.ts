import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelSettings, LabelValue } from "../contract.ts";
import { labelText } from "../flows/label-text.ts";
import { loadForecast } from "../pace/load-forecast.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { describeSummary } from "./describe-summary.ts";
import { findFinishedRun } from "./queries.ts";
import type { LabelBacklog, LabelSummary, PersonHistory } from "./summary-contract.ts";

const maxWeeks = 26;
const maxDisagreements = 50;

const BacklogRow = z.object({
  projectId: z.coerce.number(),
  project: z.string(),
  settings: z.unknown(),
  open: z.number(),
  review: z.number(),
  settled: z.number(),
  auditOpen: z.number(),
  oldestDays: z.number().nullable(),
  settledThisWeek: z.number(),
  auditSettledThisWeek: z.number(),
  answers: z.number(),
});

/** Says how good the labels of a project are and what waits. @throws DomainError "not-found" */
export async function getLabelSummary(ctx: Context, { projectId }: { projectId: number }): Promise<LabelSummary> {
  permit(ctx, "getLabelSummary");
  await findLabelProject(ctx, projectId);
  const [found] = await readBacklogs(ctx, projectId);
  if (!found) throw new DomainError("not-found", "Label project not found.");
  const run = await findFinishedRun(ctx, projectId);
  return describeSummary({ settled: found.settled, backlog: found.backlog, results: run?.results ?? null });
}

/** Lists what waits in active projects, those with late audit items first. */
export async function listLabelBacklogs(ctx: Context): Promise<LabelBacklog[]> {
  permit(ctx, "listLabelBacklogs");
  const found = await readBacklogs(ctx);
  return found
    .map(({ backlog }) => backlog)
    .sort((a, b) => b.auditLate - a.auditLate || b.open - a.open || a.projectId - b.projectId);
}

async function readBacklogs(ctx: Context, projectId?: number): Promise<{ settled: number; backlog: LabelBacklog }[]> {
  const found: { settled: number; backlog: LabelBacklog }[] = [];
  for (const { settled, answers, waiting } of await readWaiting(ctx, projectId)) {
    const { open, review } = waiting;
    const { hoursLow, hoursHigh } = await loadForecast(ctx, waiting.projectId, { open, review, settled, answers });
    found.push({ settled, backlog: { ...waiting, hoursLow, hoursHigh } });
  }
  return found;
}

/** What waits, without a forecast, which takes statements of its own for each project. */
export type WaitingLabels = Omit<LabelBacklog, "hoursLow" | "hoursHigh">;

/** Reads what waits in the active projects of the workspace, or in one project. The caller has checked permissions. */
export async function readWaiting(
  ctx: Context,
  projectId?: number,
): Promise<{ settled: number; answers: number; waiting: WaitingLabels }[]> {
  const { workspaceId, endpoints } = ctx.actor;
  // A token that is bound to endpoints reads of their projects only.
  const isAllowed = endpoints
    ? sql`project.endpoint_id in (select id from endpoints where workspace_id = ${workspaceId}
        and name in (select jsonb_array_elements_text(${JSON.stringify(endpoints)}::jsonb)))`
    : sql`true`;
  const result = await ctx.db.execute(sql`
    select project.id::float8 as "projectId", project.name as project, project.settings,
      coalesce(counts.open, 0)::int as open, coalesce(counts.review, 0)::int as review, coalesce(counts.settled, 0)::int as settled,
      coalesce(counts.audit, 0)::int as "auditOpen",
      (select (extract(epoch from now() - min(task.created_at)) / 86400)::float8 from label_tasks as task
        where task.project_id = project.id and task.state = 'open' and task.selection = 'audit') as "oldestDays",
      coalesce(week.settled, 0)::int as "settledThisWeek", coalesce(week.audit, 0)::int as "auditSettledThisWeek",
      (select coalesce(sum(answered), 0) from label_annotators as annotator where annotator.project_id = project.id)::int as answers
    from label_projects as project
    left join lateral (select count(*) as settled, count(*) filter (where task.selection = 'audit') as audit
      from label_consensus as consensus join label_tasks as task on task.id = consensus.task_id
      where consensus.project_id = project.id and consensus.superseded_at is null
        and consensus.created_at > now() - interval '7 days') as week on true
    left join lateral (select sum(count) filter (where state = 'open') as open, sum(count) filter (where state = 'review') as review,
      sum(count) filter (where state = 'settled') as settled,
      sum(count) filter (where state = 'open' and source = 'audit') as audit
      from label_task_counts where label_task_counts.project_id = project.id) as counts on true
    where project.workspace_id = ${workspaceId} and ${isAllowed}
      and ${projectId === undefined ? sql`project.state = 'active'` : sql`project.id = ${projectId}`}
    order by project.id`);
  const rows = rowsOf(BacklogRow, result);
  const late = await countLate(ctx, rows);
  return rows.map(({ settings, settled, answers, ...row }) => ({
    settled,
    answers,
    waiting: {
      ...row,
      auditLate: late.get(row.projectId) ?? 0,
      daysLeft: daysAt(row.open, row.settledThisWeek),
      auditDaysLeft: daysAt(row.auditOpen, row.auditSettledThisWeek),
      labelWithinDays: LabelSettings.parse(settings).labelWithinDays,
    },
  }));
}

/** Days in which what is open is settled at the pace of a week; null without any. */
function daysAt(open: number, settled: number): number | null {
  return settled === 0 ? null : (open / settled) * 7;
}

/** Counts audit items that have waited longer than their project allows. */
async function countLate(ctx: Context, rows: readonly z.infer<typeof BacklogRow>[]): Promise<Map<number, number>> {
  const limits = rows.map(({ projectId, settings }) => ({
    id: projectId,
    days: LabelSettings.parse(settings).labelWithinDays,
  }));
  const result = await ctx.db.execute<{ id: number; late: number }>(sql`
    select task.project_id::float8 as id, count(*)::float8 as late
    from jsonb_to_recordset(${JSON.stringify(limits)}::jsonb) as one (id bigint, days int)
    join label_tasks as task on task.project_id = one.id and task.state in ('open', 'review') and task.selection = 'audit'
    where task.workspace_id = ${ctx.actor.workspaceId} and task.created_at < now() - make_interval(days => one.days)
    group by 1`);
  return new Map(result.rows.map(({ id, late }) => [id, late]));
}

const WeekRow = z.object({
  at: z.coerce.date(),
  answers: z.number(),
  agreement: z.number().nullable(),
  medianMs: z.number().nullable(),
});

const Disagreement = z.object({
  taskId: z.coerce.number(),
  item: z.string(),
  said: LabelValue,
  label: LabelValue.nullable(),
  note: z.string(),
  at: z.coerce.date(),
});

/**
 * Returns how a person labels over time, and answers that differ from the label. Everyone may read their own; others' need the role of an operator.
 * @throws DomainError "not-found", "forbidden"
 */
export async function getPersonHistory(
  ctx: Context,
  { projectId, person }: { projectId: number; person: string },
): Promise<PersonHistory> {
  permit(ctx, person === ctx.actor.id ? "getPersonHistory" : "getOthersHistory");
  await findLabelProject(ctx, projectId);
  const { workspaceId } = ctx.actor;
  const weeks = await ctx.db.execute(sql`
    select date_trunc('week', created_at at time zone 'UTC') at time zone 'UTC' as at, count(*)::int as answers,
      avg(agreed::int)::float8 as agreement, (percentile_cont(0.5) within group (order by spent_ms))::float8 as "medianMs"
    from label_answers
    where workspace_id = ${workspaceId} and project_id = ${projectId} and person = ${person} and superseded_at is null and not is_gold
    group by 1 order by 1 desc limit ${maxWeeks}`);
  const differing = await ctx.db.execute(sql`
    select answer.task_id::float8 as "taskId", task.item, answer.value as said, consensus.value as label, answer.note, answer.created_at as at
    from label_answers as answer
    join label_tasks as task on task.id = answer.task_id
    left join label_consensus as consensus on consensus.task_id = task.id and consensus.superseded_at is null
    where answer.workspace_id = ${workspaceId} and answer.project_id = ${projectId} and answer.person = ${person}
      and answer.superseded_at is null and not answer.is_gold and answer.agreed = false and answer.value is not null
    order by answer.created_at desc limit ${maxDisagreements}`);
  return {
    person,
    weeks: rowsOf(WeekRow, weeks).reverse(),
    disagreements: rowsOf(Disagreement, differing).map((one) => ({
      ...one,
      said: labelText(one.said),
      label: one.label && labelText(one.label),
    })),
  };
}
