import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { LabelValue } from "../contract.ts";
import { mainControl } from "../projects/check-label-config.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { GivenRow } from "../queue/given-task.ts";
import { givenNow } from "../queue/next-label-task.ts";
import { labelsAgree } from "../values/labels-agree.ts";
import { type LabelGroup, minSingleAnswers, OfLabelGroup } from "./groups/contract.ts";

/** Returns the tasks of a group that the caller may answer at once, and whether the group allows it. @throws DomainError "not-found" */
export async function getLabelGroup(ctx: Context, input: OfLabelGroup): Promise<LabelGroup> {
  permit(ctx, "getLabelGroup");
  const { projectId, groupKey, limit } = OfLabelGroup.parse(input);
  const annotator = await annotatorOf(ctx);
  const project = await findLabelProject(ctx, projectId);
  const inGroup = sql`task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${projectId} and task.group_key = ${groupKey}`;
  const isAnswered = sql`exists (
    select from label_answers as answer
    where answer.task_id = task.id and answer.person = ${annotator.person} and answer.superseded_at is null
  )`;
  // A gold item looks like an open task until it is answered, or holding one whose group has no open task would give it away.
  const isGold = sql`(not ${isAnswered} and exists (
    select from label_golds as gold
    where gold.task_id = task.id and gold.is_enabled and not ${annotator.person} = any(gold.made_by)
  ))`;
  // Those that the person holds take a place already: it is theirs.
  const isHeld = sql`exists (
    select from label_leases as lease
    where lease.task_id = task.id and lease.person = ${annotator.person} and lease.kind = 'place'
  )`;
  const mayAnswer = sql`(not ${isAnswered} and (
    (task.state = 'open' and (task.taken < task.wanted or ${isHeld})) or ${isGold}
  ))`;
  const result = await ctx.db.execute(sql`
    select task.id, task.item, task.data, task.source, task.reason, task.group_key as "groupKey",
      task.request_id as "requestId", task.factors
    from label_tasks as task
    where ${inGroup} and ${mayAnswer}
    order by task.rank, task.id limit ${limit}`);
  const { open, waiting } = rowOf(
    z.object({ open: z.number(), waiting: z.number() }),
    await ctx.db.execute(
      sql`select count(*) filter (where task.state = 'open' or ${isGold}) as open, count(*) filter (where ${mayAnswer}) as waiting
        from label_tasks as task where ${inGroup}`,
    ),
  );
  const tasks = rowsOf(GivenRow, result).map((row) => {
    const { expiresAt: _expiresAt, ...task } = givenNow(row, project, annotator);
    return task;
  });
  const { label, singleAnswers } = await findGroupLabel(ctx, project, groupKey);
  const { isOwn } = rowOf(
    z.object({ isOwn: z.boolean() }),
    await ctx.db.execute(sql`
      select exists (
        select from label_tasks as task join label_answers as answer on answer.task_id = task.id
        where ${inGroup} and answer.person = ${annotator.person} and answer.superseded_at is null and not answer.is_bulk
      ) as "isOwn"`),
  );
  // Someone who has not answered yet would repeat what others said.
  return { groupKey, tasks, open, waiting, label: isOwn ? label : null, singleAnswers };
}

const SingleAnswer = z.object({ value: LabelValue });

/** What the first answers to a group that were given one by one agree on; null while they are too few, or disagree. */
export async function findGroupLabel(
  ctx: Context,
  project: LabelProjectRow,
  groupKey: string,
): Promise<Pick<LabelGroup, "label" | "singleAnswers">> {
  const result = await ctx.db.execute(sql`
    select answer.value from label_tasks as task join label_answers as answer on answer.task_id = task.id
    where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${project.id} and task.group_key = ${groupKey}
      and answer.superseded_at is null and not answer.is_bulk and not answer.is_gold and answer.value is not null
    order by answer.id limit ${minSingleAnswers}`);
  const values = rowsOf(SingleAnswer, result).map(({ value }) => value);
  const [first] = values;
  const control = mainControl(project.config);
  const agrees =
    first && values.length >= minSingleAnswers && values.every((value) => labelsAgree(first, value, control));
  return { label: agrees ? first : null, singleAnswers: values.length };
}
