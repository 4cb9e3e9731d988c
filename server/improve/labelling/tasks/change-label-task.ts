import { and, eq, sql } from "drizzle-orm";
import { labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { maxDataLength } from "./contract.ts";
import { keepShownFiles } from "./keep-shown-files.ts";
import { lockTask, noLabelTask } from "./lock-tasks.ts";

export interface ChangeLabelTask {
  taskId: number;
  /** Replaces all of what is shown. */
  data?: Record<string, unknown> | undefined;
  meta?: Record<string, unknown> | undefined;
}

/**
 * Changes what a task shows; its answers stay. @throws DomainError "not-found", "conflict" for an archived project, "invalid" for long data,
 * "unavailable" while a file that the data name is being deleted
 */
export async function changeLabelTask(ctx: Context, { taskId, data, meta }: ChangeLabelTask): Promise<void> {
  permit(ctx, "changeLabelTask");
  if (JSON.stringify([data, meta]).length > maxDataLength) {
    throw new DomainError("invalid", `The data have more than ${maxDataLength} characters.`, { field: "data" });
  }
  const projectId = await transact(ctx, async (ctx) => {
    const [found] = await ctx.db
      .select({ projectId: labelTasks.projectId })
      .from(labelTasks)
      .where(and(eq(labelTasks.workspaceId, ctx.actor.workspaceId), eq(labelTasks.id, taskId)));
    if (!found) throw noLabelTask();
    const project = await findLiveLabelProject(ctx, found.projectId);
    if (data) await keepShownFiles(ctx, [data]);
    const task = await lockTask(ctx, project.id, taskId);
    await ctx.db
      .update(labelTasks)
      .set({ data: data ?? task.data, ...(meta && { meta }), updatedAt: sql`now()` })
      .where(eq(labelTasks.id, taskId));
    await record(ctx, "label-task.updated", { subject: `label-project/${project.name}`, after: { task: taskId } });
    return project.id;
  });
  announce(ctx, "labels", String(projectId));
}
