import { and, asc, eq, inArray } from "drizzle-orm";
import { labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

export type LockedTask = Pick<
  typeof labelTasks.$inferSelect,
  | "id"
  | "item"
  | "state"
  | "source"
  | "taken"
  | "wanted"
  | "least"
  | "answers"
  | "review"
  | "data"
  | "reason"
  | "groupKey"
  | "requestId"
>;

/** Locks tasks of a project in the order of their ids, so that their places, answers and labels change one after another. */
export async function lockTasks(ctx: Context, projectId: number, taskIds: readonly number[]): Promise<LockedTask[]> {
  return ctx.db
    .select({
      id: labelTasks.id,
      item: labelTasks.item,
      state: labelTasks.state,
      source: labelTasks.source,
      taken: labelTasks.taken,
      wanted: labelTasks.wanted,
      least: labelTasks.least,
      answers: labelTasks.answers,
      review: labelTasks.review,
      data: labelTasks.data,
      reason: labelTasks.reason,
      groupKey: labelTasks.groupKey,
      requestId: labelTasks.requestId,
    })
    .from(labelTasks)
    .where(
      and(
        eq(labelTasks.workspaceId, ctx.actor.workspaceId),
        eq(labelTasks.projectId, projectId),
        inArray(labelTasks.id, [...taskIds]),
      ),
    )
    .orderBy(asc(labelTasks.id))
    .for("no key update");
}

/** The same for one task. @throws DomainError "not-found" */
export async function lockTask(ctx: Context, projectId: number, taskId: number): Promise<LockedTask> {
  const [task] = await lockTasks(ctx, projectId, [taskId]);
  if (!task) throw noLabelTask();
  return task;
}

export const noLabelTask = () => new DomainError("not-found", "Label task not found.");
