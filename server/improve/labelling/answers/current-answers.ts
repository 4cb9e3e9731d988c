import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { labelAnswers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadSight } from "../tasks/sight.ts";
import { type AnswerRow, findAnswer, noAnswer } from "./own-answer.ts";

/** Lists the current answers to some tasks that the caller may see, in the order of tasks and ids. */
export async function listCurrentAnswers(ctx: Context, taskIds: readonly number[]): Promise<AnswerRow[]> {
  permit(ctx, "listAnswers");
  const rows = await ctx.db
    .select()
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.workspaceId, ctx.actor.workspaceId),
        inArray(labelAnswers.taskId, [...taskIds]),
        isNull(labelAnswers.supersededAt),
      ),
    )
    .orderBy(asc(labelAnswers.taskId), asc(labelAnswers.id));
  const { includes } = await loadSight(ctx, taskIds);
  return rows.filter(({ taskId }) => includes(taskId));
}

/** Returns a current answer. @throws DomainError "not-found", also for one that the caller may not see yet */
export async function getAnswer(ctx: Context, answerId: number): Promise<AnswerRow> {
  permit(ctx, "listAnswers");
  const answer = await findAnswer(ctx, answerId);
  const { includes } = await loadSight(ctx, [answer.taskId]);
  if (!includes(answer.taskId)) throw noAnswer();
  return answer;
}
