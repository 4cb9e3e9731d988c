import { and, asc, eq, gt, inArray, isNull, notExists, notInArray, or, type SQL } from "drizzle-orm";
import {
  labelAnnotators,
  labelAnswers,
  labelConsensus,
  labelGolds,
  labelReviews,
  labelTasks,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isPermitted, permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { type LabelTask, type LabelTaskDetails, ListLabelTasks, type StoredAnswer } from "./contract.ts";
import { noLabelTask } from "./lock-tasks.ts";
import { hideUnseen, loadSight } from "./sight.ts";
import { pageOfTasks } from "./within-bytes.ts";

/** Lists tasks of a project in the order of their ids, page by page. @returns `next`, the id to continue after @throws DomainError "not-found" */
export async function listLabelTasks(
  ctx: Context,
  input: ListLabelTasks,
): Promise<{ tasks: LabelTask[]; next: number | null }> {
  permit(ctx, "listLabelTasks");
  const { projectId, state, source, ids, after, limit } = ListLabelTasks.parse(input);
  await findLabelProject(ctx, projectId);
  const golds = isPermitted(ctx, "decideLabelReview") ? [] : await findUnansweredGolds(ctx, projectId);
  const where = and(
    eq(labelTasks.workspaceId, ctx.actor.workspaceId),
    eq(labelTasks.projectId, projectId),
    state === undefined ? undefined : inShownState(state, golds),
    source === undefined ? undefined : eq(labelTasks.source, source),
    ids === undefined ? undefined : inArray(labelTasks.id, ids),
    after === undefined ? undefined : gt(labelTasks.id, after),
  );
  const page = await pageOfTasks(ctx, { where, limit });
  const tasks = (await loadTaskRows(ctx, page.ids)).map(toLabelTask);
  const sight = await loadSight(
    ctx,
    tasks.map(({ id }) => id),
  );
  return { tasks: await hideUnseen(ctx, tasks, sight), next: page.next };
}

/** Loads tasks of a page in the order of their ids. */
export async function loadTaskRows(
  { actor, db }: Context,
  ids: readonly number[],
): Promise<(typeof labelTasks.$inferSelect)[]> {
  return db
    .select()
    .from(labelTasks)
    .where(and(eq(labelTasks.workspaceId, actor.workspaceId), inArray(labelTasks.id, [...ids])))
    .orderBy(asc(labelTasks.id));
}

/** Gold items that the caller has not answered, which look open. */
async function findUnansweredGolds(ctx: Context, projectId: number): Promise<number[]> {
  const { person } = await annotatorOf(ctx);
  const answered = ctx.db
    .select({ id: labelAnswers.id })
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.taskId, labelGolds.taskId),
        eq(labelAnswers.person, person),
        isNull(labelAnswers.supersededAt),
      ),
    );
  const rows = await ctx.db
    .select({ taskId: labelGolds.taskId })
    .from(labelGolds)
    .where(
      and(
        eq(labelGolds.workspaceId, ctx.actor.workspaceId),
        eq(labelGolds.projectId, projectId),
        eq(labelGolds.isEnabled, true),
        notExists(answered),
      ),
    );
  return rows.map(({ taskId }) => taskId);
}

function inShownState(state: LabelTask["state"], golds: readonly number[]): SQL | undefined {
  const isInState = eq(labelTasks.state, state);
  if (golds.length === 0) return isInState;
  return state === "open"
    ? or(isInState, inArray(labelTasks.id, [...golds]))
    : and(isInState, notInArray(labelTasks.id, [...golds]));
}

/**
 * Returns a task with everything that was said about it; to someone who is no reviewer and has not answered it, with nothing that others
 * said. @throws DomainError "not-found"
 */
export async function getLabelTask(ctx: Context, taskId: number): Promise<LabelTaskDetails> {
  permit(ctx, "getLabelTask");
  const details = await loadLabelTask(ctx, taskId);
  const sight = await loadSight(ctx, [taskId]);
  const [task] = await hideUnseen(ctx, [details], sight);
  if (sight.includes(taskId)) return { ...details, ...task };
  const history = details.history.filter(({ person }) => person === sight.person);
  return { ...details, ...task, consensus: null, history, reviews: [], gold: null };
}

/** The same inside a command. @throws DomainError "not-found" */
export async function loadLabelTask(ctx: Context, taskId: number): Promise<LabelTaskDetails> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select()
    .from(labelTasks)
    .where(and(eq(labelTasks.workspaceId, workspaceId), eq(labelTasks.id, taskId)));
  if (!row) throw noLabelTask();
  const [consensus] = await ctx.db
    .select()
    .from(labelConsensus)
    .where(and(eq(labelConsensus.taskId, taskId), isNull(labelConsensus.supersededAt)));
  const reviews = await ctx.db
    .select()
    .from(labelReviews)
    .where(eq(labelReviews.taskId, taskId))
    .orderBy(asc(labelReviews.id));
  const [gold] = await ctx.db.select().from(labelGolds).where(eq(labelGolds.taskId, taskId));
  return {
    ...toLabelTask(row),
    consensus: consensus ?? null,
    history: await loadHistory(ctx, [taskId]),
    reviews,
    gold: gold ?? null,
  };
}

/** Loads the answers to tasks, current and superseded, oldest first. */
async function loadHistory(ctx: Context, taskIds: readonly number[]): Promise<StoredAnswer[]> {
  const rows = await ctx.db
    .select({ answer: labelAnswers, name: labelAnnotators.name })
    .from(labelAnswers)
    .leftJoin(
      labelAnnotators,
      and(eq(labelAnnotators.projectId, labelAnswers.projectId), eq(labelAnnotators.person, labelAnswers.person)),
    )
    .where(and(eq(labelAnswers.workspaceId, ctx.actor.workspaceId), inArray(labelAnswers.taskId, [...taskIds])))
    .orderBy(asc(labelAnswers.id));
  return rows.map(({ answer, name }) => toStoredAnswer(answer, name));
}

export function toStoredAnswer(row: typeof labelAnswers.$inferSelect, name: string | null): StoredAnswer {
  const { workspaceId: _workspaceId, projectId: _projectId, ...answer } = row;
  return { ...answer, name: name ?? row.person };
}

export function toLabelTask(row: typeof labelTasks.$inferSelect): LabelTask {
  const { workspaceId: _workspaceId, least: _least, ...task } = row;
  return task;
}
