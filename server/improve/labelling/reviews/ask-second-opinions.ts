import { and, eq, inArray, isNull } from "drizzle-orm";
import { labelConsensus } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { lockTasks } from "../tasks/lock-tasks.ts";
import { type AskedOpinions, AskSecondOpinions } from "./contract.ts";
import { reopenTasks } from "./reopen-tasks.ts";

/**
 * Asks another person about each task, such as one whose label looks wrong. Settled tasks are open again until then. What a reviewer decided
 * stays. @throws DomainError "not-found", "conflict" for an archived project
 */
export async function askSecondOpinions(ctx: Context, input: AskSecondOpinions): Promise<AskedOpinions> {
  permit(ctx, "askSecondOpinions");
  const { projectId, taskIds, reason } = AskSecondOpinions.parse(input);
  return transact(ctx, async (ctx) => {
    const project = await findLiveLabelProject(ctx, projectId);
    const locked = await lockTasks(ctx, projectId, taskIds);
    const reviewed = await ctx.db
      .select({ taskId: labelConsensus.taskId })
      .from(labelConsensus)
      .where(
        and(
          inArray(labelConsensus.taskId, [...taskIds, 0]),
          eq(labelConsensus.method, "review"),
          isNull(labelConsensus.supersededAt),
        ),
      );
    const isReviewed = new Set(reviewed.map(({ taskId }) => taskId));
    const tasks = locked.filter(({ id, state }) => !isReviewed.has(id) && state !== "dropped");
    const moved = await reopenTasks(ctx, { tasks, reason });
    await settleTasks(ctx, project, { taskIds: tasks.map(({ id }) => id), moved });
    if (tasks.length > 0) {
      const after = { tasks: tasks.length, ids: tasks.slice(0, 100).map(({ id }) => id) };
      await record(ctx, "label-tasks.second-opinion", { subject: `label-project/${project.name}`, after, reason });
      await publish(ctx, "labels", String(projectId));
    }
    return { asked: tasks.length, passedOver: new Set(taskIds).size - tasks.length };
  });
}
