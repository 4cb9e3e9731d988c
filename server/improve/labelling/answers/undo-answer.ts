import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { labelAnswers, labelLeases } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { lockAnnotator } from "../annotators/lock-annotator.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { releaseBeyond } from "../queue/lease-label-task.ts";
import { givenNow } from "../queue/next-label-task.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { pausedHere } from "./answer-label-task.ts";
import { UndoAnswer, type UndoneAnswer } from "./contract.ts";

/**
 * Takes an own answer back: it stays as history, its place goes back to the person, who holds the task again, and the task is decided anew.
 * Answers to gold items stay, since the person has seen what was expected.
 * @throws DomainError "not-found" when there is no answer that can be taken back, "conflict" for a person who is paused
 */
export async function undoAnswer(ctx: Context, input: UndoAnswer): Promise<UndoneAnswer> {
  permit(ctx, "undoAnswer");
  const { projectId, taskId } = UndoAnswer.parse(input);
  const annotator = await annotatorOf(ctx);
  const undone = await transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    const last = await findLast(ctx, { projectId, person: annotator.person, taskId });
    if (!last) throw nothingToUndo();
    const task = await lockTask(ctx, projectId, last.taskId);
    // Read again under the lock: another call of the same person may have been faster.
    const [answer] = await ctx.db
      .select()
      .from(labelAnswers)
      .where(and(eq(labelAnswers.id, last.id), isNull(labelAnswers.supersededAt)));
    if (!answer) throw nothingToUndo();
    await ctx.db
      .update(labelAnswers)
      .set({ supersededAt: sql`now()`, agreed: null })
      .where(eq(labelAnswers.id, answer.id));
    const lease = {
      kind: answer.isSurplus ? ("extra" as const) : ("place" as const),
      // Before all others, so that it is what the person goes on with.
      createdAt: new Date(0),
      expiresAt: sql`now() + make_interval(secs => ${project.settings.leaseSeconds})`,
    };
    // The person may have skipped the task since.
    await ctx.db
      .insert(labelLeases)
      .values({ workspaceId: ctx.actor.workspaceId, projectId, taskId: task.id, person: annotator.person, ...lease })
      .onConflictDoUpdate({ target: [labelLeases.taskId, labelLeases.person], set: lease });
    const counts = { ...annotator, answered: -1, cannotTell: -Number(answer.cannotTell) };
    const compared = answer.agreed === null ? undefined : { compared: -1, agreed: -Number(answer.agreed) };
    await settleTasks(ctx, project, { taskIds: [task.id], own: [{ ...counts, ...compared }] });
    const { isPaused } = await lockAnnotator(ctx, projectId, annotator);
    if (isPaused) throw pausedHere();
    const released = await releaseBeyond(ctx, { projectId, person: annotator.person });
    return {
      task: givenNow(task, project, annotator),
      value: answer.value,
      cannotTell: answer.cannotTell,
      note: answer.note,
      released,
    };
  });
  announce(ctx, "labels", String(projectId));
  return undone;
}

const nothingToUndo = () => new DomainError("not-found", "You have no answer to undo.");

async function findLast(
  ctx: Context,
  { projectId, person, taskId }: { projectId: number; person: string; taskId: number | undefined },
) {
  const [row] = await ctx.db
    .select({ id: labelAnswers.id, taskId: labelAnswers.taskId })
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.workspaceId, ctx.actor.workspaceId),
        eq(labelAnswers.projectId, projectId),
        eq(labelAnswers.person, person),
        eq(labelAnswers.isGold, false),
        isNull(labelAnswers.supersededAt),
        taskId === undefined ? undefined : eq(labelAnswers.taskId, taskId),
      ),
    )
    .orderBy(desc(labelAnswers.createdAt), desc(labelAnswers.id))
    .limit(1);
  return row;
}
