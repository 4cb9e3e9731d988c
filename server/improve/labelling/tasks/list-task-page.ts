import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { labelPredictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { getLabelProject } from "../projects/queries.ts";
import type { LabelTask } from "./contract.ts";
import { loadTaskRows, toLabelTask } from "./queries.ts";
import { hideUnseen, loadSight } from "./sight.ts";

/** Bytes of data that a page has at most. */
const maxPageBytes = 64_000_000;

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

/** Lists tasks of a project by page number, in the order of their ids, as clients do that know no other way. @throws DomainError "not-found", "invalid" for a page of more than 64 MB */
export async function listTaskPage(ctx: Context, input: z.input<typeof ListTaskPage>): Promise<TaskPage> {
  permit(ctx, "listLabelTasks");
  const { projectId, page, pageSize } = ListTaskPage.parse(input);
  const { counts } = await getLabelProject(ctx, projectId);
  const { workspaceId } = ctx.actor;
  const [ids, predictions] = await Promise.all([
    idsOf(ctx, { projectId, page, pageSize }),
    ctx.db.$count(
      labelPredictions,
      and(eq(labelPredictions.workspaceId, workspaceId), eq(labelPredictions.projectId, projectId)),
    ),
  ]);
  const rows = await loadTaskRows(ctx, ids);
  const { open, settled, review, dropped, answers } = counts;
  const sight = await loadSight(
    ctx,
    rows.map(({ id }) => id),
  );
  const tasks = await hideUnseen(ctx, rows.map(toLabelTask), sight);
  return { tasks, total: open + settled + review + dropped, answers, predictions };
}

/** Ids of the tasks of a page, unless they are too long: by number, a page cannot end early. */
async function idsOf(
  { actor, db }: Context,
  { projectId, page, pageSize }: { projectId: number; page: number; pageSize: number },
): Promise<number[]> {
  const result = await db.execute(sql`
    select task.id, octet_length(task.data::text) + coalesce(octet_length(task.meta::text), 0) as size
    from (
      select id from label_tasks where workspace_id = ${actor.workspaceId} and project_id = ${projectId}
      order by id limit ${pageSize} offset ${(page - 1) * pageSize}
    ) as page
    join label_tasks as task on task.id = page.id order by task.id`);
  const rows = rowsOf(z.object({ id: z.number(), size: z.number() }), result);
  const bytes = rows.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= maxPageBytes) return rows.map(({ id }) => id);
  const fitting = Math.max(1, Math.floor(pageSize * (maxPageBytes / bytes) * 0.5));
  const message = `The tasks of this page have ${Math.round(bytes / 1e6)} MB of data. Ask for at most ${fitting} a page.`;
  throw new DomainError("invalid", message, { field: "page_size" });
}
