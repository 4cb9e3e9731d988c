import { setImmediate } from "node:timers/promises";
import { and, asc, eq, gt, inArray, isNotNull, isNull } from "drizzle-orm";
import { labelAnswers, labelConsensus, labelGolds, labelReviews, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { decideTask } from "../consensus/decide-task.ts";
import { loadUndecided } from "../consensus/load-undecided.ts";
import { decisionInputOf } from "../consensus/settle-tasks.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { loadTaskRows, toLabelTask } from "../tasks/queries.ts";
import { pageOfTasks } from "../tasks/within-bytes.ts";
import { rememberAgreement } from "../values/labels-agree.ts";
import { type LabelReviewItem, ListLabelReviews, type UnnamedAnswer } from "./contract.ts";

/**
 * Lists tasks that wait for a reviewer, in the order of their ids, with their answers but not who gave them.
 * @returns `next`, the id to continue after @throws DomainError "not-found"
 */
export async function listLabelReviews(
  ctx: Context,
  input: ListLabelReviews,
): Promise<{ items: LabelReviewItem[]; next: number | null }> {
  permit(ctx, "listLabelReviews");
  const { projectId, reason, after, limit } = ListLabelReviews.parse(input);
  const project = await findLabelProject(ctx, projectId);
  const where = and(
    eq(labelTasks.workspaceId, ctx.actor.workspaceId),
    eq(labelTasks.projectId, projectId),
    isNotNull(labelTasks.review),
    reason === undefined ? undefined : eq(labelTasks.review, reason),
    after === undefined ? undefined : gt(labelTasks.id, after),
  );
  const page = await pageOfTasks(ctx, { where, limit });
  const items = await toReviewItems(ctx, project, await loadTaskRows(ctx, page.ids));
  return { items, next: page.next };
}

type TaskRow = typeof labelTasks.$inferSelect;

async function toReviewItems(
  ctx: Context,
  project: LabelProjectRow,
  rows: readonly TaskRow[],
): Promise<LabelReviewItem[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const answers = await ctx.db
    .select()
    .from(labelAnswers)
    .where(and(inArray(labelAnswers.taskId, ids), isNull(labelAnswers.supersededAt), eq(labelAnswers.isGold, false)))
    .orderBy(asc(labelAnswers.id));
  const consensus = await ctx.db
    .select()
    .from(labelConsensus)
    .where(and(inArray(labelConsensus.taskId, ids), isNull(labelConsensus.supersededAt)));
  const reviews = await ctx.db
    .select()
    .from(labelReviews)
    .where(inArray(labelReviews.taskId, ids))
    .orderBy(asc(labelReviews.id));
  const golds = await ctx.db.select().from(labelGolds).where(inArray(labelGolds.taskId, ids));
  const courses = await loadCourses(ctx, project, ids);
  return rows.map((row) => ({
    task: toLabelTask(row),
    answers: answers
      .filter(({ taskId }) => taskId === row.id)
      .map((answer) => ({
        id: answer.id,
        value: answer.value,
        cannotTell: answer.cannotTell,
        note: answer.note,
        guideline: answer.guideline,
        spentMs: answer.spentMs,
        shownPrediction: answer.shownPrediction,
        isSurplus: answer.isSurplus,
        createdAt: answer.createdAt,
        ...(courses.get(answer.id) ?? { leading: null, posterior: null }),
      })),
    consensus: consensus.find(({ taskId }) => taskId === row.id) ?? null,
    reviews: reviews.filter(({ taskId }) => taskId === row.id),
    gold: golds.find(({ taskId }) => taskId === row.id)?.value ?? null,
  }));
}

/** What led after each answer, and how probable it was, by answer. */
async function loadCourses(
  ctx: Context,
  project: LabelProjectRow,
  ids: readonly number[],
): Promise<Map<number, Pick<UnnamedAnswer, "leading" | "posterior">>> {
  const tasks = await loadUndecided(ctx, project.id, ids);
  const courses = new Map<number, Pick<UnnamedAnswer, "leading" | "posterior">>();
  for (const task of tasks) {
    // Drawings take long to compare: other requests have their turn between two tasks.
    await setImmediate();
    const agree = rememberAgreement();
    for (const [at, { id }] of task.answers.entries()) {
      const soFar = { ...task, answers: task.answers.slice(0, at + 1) };
      const { label, posterior } = decideTask(decisionInputOf(soFar, project), agree);
      courses.set(id, { leading: label, posterior });
    }
  }
  return courses;
}
