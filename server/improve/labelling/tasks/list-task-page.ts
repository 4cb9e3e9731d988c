import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { labelPredictions, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { getLabelProject } from "../projects/queries.ts";
import type { LabelTask } from "./contract.ts";
import { toLabelTask } from "./queries.ts";
import { hideUnseen, loadSight } from "./sight.ts";

const ListTaskPage = z.object({
  projectId: z.number().int().min(1),
  /** From 1. */
  page: z.number().int().min(1).max(1_000_000),
  pageSize: z.number().int().min(1).max(1_000),
});

export interface TaskPage {
  tasks: LabelTask[];
  /** Tasks of the project, and their current answers and predictions. */
  total: number;
  answers: number;
  predictions: number;
}

/** Lists tasks of a project by page number, in the order of their ids, as clients do that know no other way. @throws DomainError "not-found" */
export async function listTaskPage(ctx: Context, input: z.input<typeof ListTaskPage>): Promise<TaskPage> {
  permit(ctx, "listLabelTasks");
  const { projectId, page, pageSize } = ListTaskPage.parse(input);
  const { counts } = await getLabelProject(ctx, projectId);
  const { workspaceId } = ctx.actor;
  const [rows, predictions] = await Promise.all([
    ctx.db
      .select()
      .from(labelTasks)
      .where(and(eq(labelTasks.workspaceId, workspaceId), eq(labelTasks.projectId, projectId)))
      .orderBy(asc(labelTasks.id))
      .limit(pageSize)
      .offset((page - 1) * pageSize),
    ctx.db.$count(
      labelPredictions,
      and(eq(labelPredictions.workspaceId, workspaceId), eq(labelPredictions.projectId, projectId)),
    ),
  ]);
  const { open, settled, review, dropped, answers } = counts;
  const sight = await loadSight(
    ctx,
    rows.map(({ id }) => id),
  );
  const tasks = await hideUnseen(ctx, rows.map(toLabelTask), sight);
  return { tasks, total: open + settled + review + dropped, answers, predictions };
}
