import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { isPermitted, permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { maxWaiting } from "./contract.ts";

/** Projects that are counted, the newest first. */
const maxProjects = 50;

/**
 * Counts what waits for the caller in all active projects, up to 500: tasks with a free place that they have not answered, and for reviewers what
 * waits for review. Of each project it looks at the first 500 only, so that it costs little however long the queues are.
 */
export async function countWaitingLabels(ctx: Context): Promise<{ waiting: number }> {
  permit(ctx, "countWaitingLabels");
  const { person } = await annotatorOf(ctx);
  const reviews = isPermitted(ctx, "decideLabelReview")
    ? sql`(select count(*) from (
        select from label_tasks where project_id = project.id and review is not null limit ${maxWaiting}
      ) as reviews)`
    : sql`0`;
  const result = await ctx.db.execute(sql`
    select least(${maxWaiting}, coalesce(sum(open + reviews), 0))::float8 as waiting from (
      select ${reviews} as reviews, (
        select count(*) from (
          select id from label_tasks where project_id = project.id and state = 'open' and taken < wanted
          order by rank, id limit ${maxWaiting}
        ) as head
        where not exists (
          select from label_answers as answer
          where answer.task_id = head.id and answer.person = ${person} and answer.superseded_at is null
        ) and not exists (
          select from label_annotators as annotator
          where annotator.project_id = project.id and annotator.person = ${person} and annotator.paused_at is not null
        )
      ) as open
      from (
        select id from label_projects where workspace_id = ${ctx.actor.workspaceId} and state = 'active'
        order by id desc limit ${maxProjects}
      ) as project
    ) as counts`);
  return rowOf(z.object({ waiting: z.number() }), result);
}
