import { sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf, prepared } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { TaskState } from "../contract.ts";
import { GivenRow } from "../queue/given-task.ts";
import { reviewReasons } from "./contract.ts";

const LockedTask = GivenRow.extend({
  state: TaskState,
  taken: z.number(),
  wanted: z.number(),
  answers: z.number(),
  review: z.enum(reviewReasons).nullable(),
});
export type LockedTask = z.infer<typeof LockedTask>;

const statement = prepared(
  "label-lock-tasks",
  sql`
    select id, item, data, source, reason, group_key as "groupKey", request_id as "requestId", state, taken, wanted, answers, review
    from label_tasks
    where workspace_id = ${sql.placeholder("workspaceId")} and project_id = ${sql.placeholder("projectId")}
      and id = any(${sql.placeholder("taskIds")}::bigint[])
    order by id for no key update`,
);

/** Locks tasks of a project in the order of their ids, so that their places, answers and labels change one after another. */
export async function lockTasks(
  { actor, db }: Context,
  projectId: number,
  taskIds: readonly number[],
): Promise<LockedTask[]> {
  const rows = await statement(db, { workspaceId: actor.workspaceId, projectId, taskIds: numbersOf(taskIds) });
  return rowsOf(LockedTask, { rows });
}

/** The same for one task. @throws DomainError "not-found" */
export async function lockTask(ctx: Context, projectId: number, taskId: number): Promise<LockedTask> {
  const [task] = await lockTasks(ctx, projectId, [taskId]);
  if (!task) throw noLabelTask();
  return task;
}

export const noLabelTask = () => new DomainError("not-found", "Label task not found.");
