import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { labelLeases, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { findShown } from "../tasks/hidden-fields.ts";

export const ShowLabelField = z.object({
  projectId: z.number().int().min(1),
  taskId: z.number().int().min(1),
  field: z.string().min(1).max(200),
  reason: z.string().trim().min(1, "Enter a reason.").max(2_000),
});
export type ShowLabelField = z.input<typeof ShowLabelField>;

/**
 * Returns a field of a task that its project hides, and records who asked for it and why. For people who hold the task.
 * @throws DomainError "not-found" for a task that they do not hold, or without this field
 */
export async function showLabelField(ctx: Context, input: ShowLabelField): Promise<{ value: unknown }> {
  permit(ctx, "showLabelField");
  const { projectId, taskId, field, reason } = ShowLabelField.parse(input);
  const { person } = await annotatorOf(ctx);
  return transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    const [task] = await ctx.db
      .select({ item: labelTasks.item, data: labelTasks.data })
      .from(labelTasks)
      .innerJoin(labelLeases, and(eq(labelLeases.taskId, labelTasks.id), eq(labelLeases.person, person)))
      .where(
        and(
          eq(labelTasks.workspaceId, ctx.actor.workspaceId),
          eq(labelTasks.projectId, projectId),
          eq(labelTasks.id, taskId),
        ),
      );
    const value = task && findShown(task.data, field);
    if (!task || value === undefined)
      throw new DomainError("not-found", "The task is not leased to you, or has no such field.");
    // So that a picture can be opened while the task is held.
    await ctx.db
      .update(labelLeases)
      .set({ shown: sql`array_append(array_remove(${labelLeases.shown}, ${field}), ${field})` })
      .where(and(eq(labelLeases.taskId, taskId), eq(labelLeases.person, person)));
    await record(ctx, "label-task.field-shown", {
      subject: `label-project/${project.name}`,
      after: { task: taskId, item: task.item, field },
      reason,
    });
    return { value };
  });
}
