import { inArray } from "drizzle-orm";
import { labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { countMoves } from "../consensus/count-moves.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { DeleteLabelTasks } from "./contract.ts";
import { countOwnAnswers } from "./count-own-answers.ts";
import { lockTasks } from "./lock-tasks.ts";

/** Deletes tasks with their answers and labels, permanently. Ids that are none of the project are passed over. @throws DomainError "not-found" */
export async function deleteLabelTasks(ctx: Context, input: DeleteLabelTasks): Promise<{ deleted: number }> {
  permit(ctx, "deleteLabelTasks");
  const { projectId, taskIds } = DeleteLabelTasks.parse(input);
  return transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    const tasks = await lockTasks(ctx, projectId, taskIds);
    const ids = tasks.map(({ id }) => id);
    if (ids.length === 0) return { deleted: 0 };
    await settleTasks(ctx, project, { taskIds: [], own: await countOwnAnswers(ctx, ids) });
    await ctx.db.delete(labelTasks).where(inArray(labelTasks.id, ids));
    await countMoves(
      ctx,
      projectId,
      tasks.map(({ source, state }) => ({ source, from: state, to: null })),
    );
    await record(ctx, "label-tasks.deleted", {
      subject: `label-project/${project.name}`,
      before: { tasks: ids.length, ids: ids.slice(0, 100) },
    });
    await publish(ctx, "labels", String(projectId));
    return { deleted: ids.length };
  });
}
