import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf, prepared } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";
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

/** A locked task without what it shows, which may be long. */
const LockedPlace = LockedTask.omit({ data: true });
export type LockedPlace = z.infer<typeof LockedPlace>;

const statementOf = (data: SQL) => sql`
    select id, item, source, reason, group_key as "groupKey", request_id as "requestId", factors, state, taken, wanted, answers, review ${data}
    from label_tasks
    where workspace_id = ${sql.placeholder("workspaceId")} and project_id = ${sql.placeholder("projectId")}
      and id = any(${sql.placeholder("taskIds")}::bigint[])
    order by id for no key update`;

const placesStatement = prepared("label-lock-places", statementOf(sql``));
const tasksStatement = prepared("label-lock-tasks", statementOf(sql`, data`));

/** Locks tasks of a project in the order of their ids, so that their places, answers and labels change one after another. */
export async function lockTasks(ctx: Context, projectId: number, taskIds: readonly number[]): Promise<LockedPlace[]> {
  const { actor, db } = ctx;
  noteLock(ctx, "label task");
  const rows = await placesStatement(db, { workspaceId: actor.workspaceId, projectId, taskIds: numbersOf(taskIds) });
  return rowsOf(LockedPlace, { rows });
}

/** The same for few tasks, such as a group, with what they show. */
export async function lockTasksWithData(
  ctx: Context,
  projectId: number,
  taskIds: readonly number[],
): Promise<LockedTask[]> {
  const { actor, db } = ctx;
  noteLock(ctx, "label task");
  const rows = await tasksStatement(db, { workspaceId: actor.workspaceId, projectId, taskIds: numbersOf(taskIds) });
  return rowsOf(LockedTask, { rows });
}

/** The same for one task. @throws DomainError "not-found" */
export async function lockTask(ctx: Context, projectId: number, taskId: number): Promise<LockedTask> {
  const [task] = await lockTasksWithData(ctx, projectId, [taskId]);
  if (!task) throw noLabelTask();
  return task;
}

export const noLabelTask = () => new DomainError("not-found", "Label task not found.");
