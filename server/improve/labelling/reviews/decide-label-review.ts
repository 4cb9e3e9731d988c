import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { labelConsensus, labelGolds, labelReviews, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { requireFit } from "../answers/answer-label-task.ts";
import { settleTasks } from "../consensus/settle-tasks.ts";
import type { LabelValue } from "../contract.ts";
import { remeasureGold, withMaker } from "../golds/remeasure-gold.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";
import { findProjectOfTask } from "../projects/find-project-of-task.ts";
import type { LabelTaskDetails } from "../tasks/contract.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { loadLabelTask } from "../tasks/queries.ts";
import { DecideLabelReview } from "./contract.ts";
import { reopenTasks } from "./reopen-tasks.ts";
import { storeReviewedLabel } from "./store-reviewed-label.ts";

/**
 * Decides a task as a reviewer: its label, which outranks votes; that others answer it; or that the guidelines are unclear. Any task can be
 * reviewed, whether it waits for that or not. @returns the task with the names of its annotators
 * @throws DomainError "not-found", "invalid" for a value that does not fit, "conflict" when someone has reviewed the task since `lastReview`
 */
export async function decideLabelReview(ctx: Context, input: DecideLabelReview): Promise<LabelTaskDetails> {
  permit(ctx, "decideLabelReview");
  const { taskId, verdict, value, reason, lastReview } = DecideLabelReview.parse(input);
  if ((verdict === "decided") !== (value !== undefined)) {
    throw new DomainError("invalid", "A decision is a label; other verdicts have none.", { field: "value" });
  }
  const { person, name: reviewer } = await annotatorOf(ctx);
  return transact(ctx, async (ctx) => {
    const project = await findProjectOfTask(ctx, taskId);
    const task = await lockTask(ctx, project.id, taskId);
    if (value) requireFit(project.config, value, task);
    if (lastReview !== undefined) await requireLast(ctx, taskId, lastReview);
    const { workspaceId } = ctx.actor;
    await ctx.db
      .insert(labelReviews)
      .values({ workspaceId, projectId: project.id, taskId, reviewer, verdict, value: value ?? null, reason });
    if (value) {
      await storeReviewedLabel(ctx, project, { task, value });
      await correctGold(ctx, project, { taskId, value, person });
    }
    if (verdict === "sent-back") {
      await ctx.db.update(labelGolds).set({ isEnabled: false }).where(eq(labelGolds.taskId, taskId));
      await ctx.db
        .update(labelConsensus)
        .set({ supersededAt: sql`now()` })
        .where(and(eq(labelConsensus.taskId, taskId), isNull(labelConsensus.supersededAt)));
      const moved = await reopenTasks(ctx, { tasks: [task], reason });
      await settleTasks(ctx, project, { taskIds: [taskId], moved });
    }
    if (verdict === "unclear" && task.review === null) {
      await ctx.db.update(labelTasks).set({ review: "asked" }).where(eq(labelTasks.id, taskId));
    }
    await record(ctx, "label-task.reviewed", {
      subject: `label-project/${project.name}`,
      after: { task: taskId, item: task.item, verdict, ...(value && { value }) },
      reason,
    });
    await publish(ctx, "labels", String(project.id));
    return loadLabelTask(ctx, taskId);
  });
}

/** @throws DomainError "conflict" when someone has reviewed the task since */
async function requireLast(ctx: Context, taskId: number, seen: number | null): Promise<void> {
  const [last] = await ctx.db
    .select({ id: labelReviews.id, reviewer: labelReviews.reviewer })
    .from(labelReviews)
    .where(eq(labelReviews.taskId, taskId))
    .orderBy(desc(labelReviews.id))
    .limit(1);
  if (!last || last.id === seen) return;
  throw new DomainError("conflict", `${last.reviewer} has already reviewed this task. Reload it.`);
}

/** The label of a gold item is what a reviewer decided last. */
async function correctGold(
  ctx: Context,
  project: LabelProjectRow,
  { taskId, value, person }: { taskId: number; value: LabelValue; person: string },
): Promise<void> {
  const golds = await ctx.db
    .update(labelGolds)
    .set({ value, madeBy: withMaker(person) })
    .where(eq(labelGolds.taskId, taskId))
    .returning({ taskId: labelGolds.taskId });
  if (golds.length > 0) await remeasureGold(ctx, project, { taskId, value });
}
