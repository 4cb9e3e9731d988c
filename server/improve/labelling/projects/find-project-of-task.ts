import { and, eq } from "drizzle-orm";
import { labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noLabelTask } from "../tasks/lock-tasks.ts";
import { findLabelProject, type LabelProjectRow } from "./find-label-project.ts";

/** Finds the project of a task, for calls that name the task only. @throws DomainError "not-found" */
export async function findProjectOfTask(ctx: Context, taskId: number): Promise<LabelProjectRow> {
  const [task] = await ctx.db
    .select({ projectId: labelTasks.projectId })
    .from(labelTasks)
    .where(and(eq(labelTasks.workspaceId, ctx.actor.workspaceId), eq(labelTasks.id, taskId)));
  if (!task) throw noLabelTask();
  return findLabelProject(ctx, task.projectId);
}
