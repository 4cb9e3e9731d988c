import { eq, sql } from "drizzle-orm";
import { labelAnswers, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { lockOwnAnswer } from "./own-answer.ts";

/**
 * Withdraws an answer of one's own: it stays as history, its place in the task is free again, and the task is decided anew.
 * @throws DomainError "not-found", "forbidden" for one of someone else, "conflict" for an answer to a gold item
 */
export async function withdrawAnswer(ctx: Context, { answerId }: { answerId: number }): Promise<void> {
  permit(ctx, "withdrawAnswer");
  const annotator = await annotatorOf(ctx);
  const projectId = await transact(ctx, async (ctx) => {
    const { answer, task } = await lockOwnAnswer(ctx, answerId, annotator);
    const project = await findLabelProject(ctx, answer.projectId);
    await ctx.db
      .update(labelAnswers)
      .set({ supersededAt: sql`now()`, agreed: null })
      .where(eq(labelAnswers.id, answerId));
    if (!answer.isSurplus) {
      await ctx.db
        .update(labelTasks)
        .set({ taken: task.taken - 1 })
        .where(eq(labelTasks.id, task.id));
    }
    const compared = answer.agreed === null ? {} : { compared: -1, agreed: -Number(answer.agreed) };
    const own = { ...annotator, answered: -1, cannotTell: -Number(answer.cannotTell), ...compared };
    await settleTasks(ctx, project, { taskIds: [task.id], own: [own] });
    return project.id;
  });
  announce(ctx, "labels", String(projectId));
}
