import { eq, sql } from "drizzle-orm";
import { labelAnswers } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { lockAnnotator } from "../annotators/lock-annotator.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import type { LabelValue, Region } from "../contract.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { pausedHere, requireFit } from "./answer-label-task.ts";
import { type AnswerRow, lockOwnAnswer } from "./own-answer.ts";

export interface ChangeAnswer {
  answerId: number;
  /** Null together with `cannotTell`. */
  value: LabelValue | null;
  cannotTell: boolean;
  result: Region[] | null;
  /** Left out: as before. */
  spentMs?: number | undefined;
}

/**
 * Changes an answer of one's own and decides its task anew. It keeps its id, by which clients know it; what it was before stays as a row of
 * the history.
 * @throws DomainError "not-found", "forbidden", "conflict", "invalid" for a value that does not fit the configuration
 */
export async function changeAnswer(ctx: Context, change: ChangeAnswer): Promise<AnswerRow> {
  permit(ctx, "changeAnswer");
  const { answerId, value, cannotTell, result, spentMs } = change;
  const annotator = await annotatorOf(ctx);
  const changed = await transact(ctx, async (ctx) => {
    const { answer, task } = await lockOwnAnswer(ctx, answerId, annotator);
    const project = await findLiveLabelProject(ctx, answer.projectId);
    const { isPaused } = await lockAnnotator(ctx, project.id, annotator);
    if (isPaused) throw pausedHere();
    if (value) requireFit(project.config, value, task);
    const { id: _id, ...before } = answer;
    await ctx.db.insert(labelAnswers).values({ ...before, supersededAt: sql`now()` });
    const [row] = await ctx.db
      .update(labelAnswers)
      .set({
        value,
        cannotTell,
        result,
        ...(spentMs !== undefined && { spentMs }),
        guideline: project.guideline,
        updatedAt: sql`now()`,
      })
      .where(eq(labelAnswers.id, answerId))
      .returning();
    const own = { ...annotator, answered: 0, cannotTell: Number(cannotTell) - Number(answer.cannotTell) };
    await settleTasks(ctx, project, { taskIds: [task.id], own: [own] });
    if (!row) throw new Error("The answer was not stored.");
    return row;
  });
  announce(ctx, "labels", String(changed.projectId));
  return changed;
}
