import { and, eq, isNull } from "drizzle-orm";
import { labelAnswers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Annotator } from "../annotators/annotator-of.ts";
import { type LockedTask, lockTask } from "../tasks/lock-tasks.ts";

export type AnswerRow = typeof labelAnswers.$inferSelect;

/** Finds a current answer. @throws DomainError "not-found" */
export async function findAnswer(ctx: Context, answerId: number): Promise<AnswerRow> {
  const [row] = await ctx.db
    .select()
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.workspaceId, ctx.actor.workspaceId),
        eq(labelAnswers.id, answerId),
        isNull(labelAnswers.supersededAt),
      ),
    );
  if (!row) throw noAnswer();
  return row;
}

export const noAnswer = () => new DomainError("not-found", "Annotation not found.");

/**
 * Locks an answer of one's own together with its task, so that it can be changed.
 * @throws DomainError "not-found"; "forbidden" for one of someone else; "conflict" for an answer to a gold item, whose label the person has seen
 */
export async function lockOwnAnswer(
  ctx: Context,
  answerId: number,
  { person }: Annotator,
): Promise<{ answer: AnswerRow; task: LockedTask }> {
  const { taskId, projectId } = await findAnswer(ctx, answerId);
  const task = await lockTask(ctx, projectId, taskId);
  // Read again under the lock.
  const answer = await findAnswer(ctx, answerId);
  if (answer.person !== person) {
    throw new DomainError("forbidden", "You can only change your own annotations. Review the task to change others.");
  }
  if (answer.isGold) throw new DomainError("conflict", "This answer belongs to a gold item and cannot be changed.");
  return { answer, task };
}
