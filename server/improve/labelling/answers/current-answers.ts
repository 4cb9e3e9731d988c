import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { labelAnswers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AnswerRow, findAnswer } from "./own-answer.ts";

/** Lists the current answers to some tasks, in the order of tasks and ids. */
export async function listCurrentAnswers(ctx: Context, taskIds: readonly number[]): Promise<AnswerRow[]> {
  permit(ctx, "listAnswers");
  return ctx.db
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
}

/** Returns a current answer. @throws DomainError "not-found" */
export async function getAnswer(ctx: Context, answerId: number): Promise<AnswerRow> {
  permit(ctx, "listAnswers");
  return findAnswer(ctx, answerId);
}
