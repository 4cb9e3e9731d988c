import { and, eq, inArray, isNull } from "drizzle-orm";
import { labelAnswers, labelGolds, labelProjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isPermitted } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import type { LabelTask } from "./contract.ts";
import { withoutHidden } from "./hidden-fields.ts";

/** What a caller may see of tasks: docs/spec/labelling.md section 3.9. */
export interface Sight {
  /** Null for a reviewer, and for Leeway itself. */
  person: string | null;
  /** Whether others' answers, the label, probabilities and predictions of a task are shown to the caller. */
  includes: (taskId: number) => boolean;
}

/**
 * Returns what the caller may see of tasks: reviewers everything, others what was said about tasks that they have answered, because an answer
 * measures something only where it was given without knowing those of others.
 */
export async function loadSight(ctx: Context, taskIds: readonly number[]): Promise<Sight> {
  if (ctx.actor.kind === "system" || isPermitted(ctx, "decideLabelReview"))
    return { person: null, includes: () => true };
  const { person } = await annotatorOf(ctx);
  const rows = await ctx.db
    .select({ taskId: labelAnswers.taskId })
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.workspaceId, ctx.actor.workspaceId),
        inArray(labelAnswers.taskId, [...taskIds]),
        eq(labelAnswers.person, person),
        isNull(labelAnswers.supersededAt),
      ),
    );
  const answered = new Set(rows.map(({ taskId }) => taskId));
  return { person, includes: (taskId) => answered.has(taskId) };
}

/** Fields that the projects of tasks hide until someone who holds the task asks for them. */
async function findHiddenFields(ctx: Context, tasks: readonly LabelTask[]): Promise<Map<number, string[]>> {
  const ids = [...new Set(tasks.map(({ projectId }) => projectId))];
  const rows = await ctx.db
    .select({ id: labelProjects.id, settings: labelProjects.settings })
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), inArray(labelProjects.id, ids)));
  return new Map(rows.map(({ id, settings }) => [id, settings.hiddenFields ?? []]));
}

/** Leaves out of tasks what the caller may not see, and fields that the project hides. Gold items look like open tasks until they are answered. */
export async function hideUnseen(ctx: Context, tasks: readonly LabelTask[], sight: Sight): Promise<LabelTask[]> {
  if (sight.person === null) return [...tasks];
  const fields = await findHiddenFields(ctx, tasks);
  const hidden = tasks.flatMap(({ id }) => (sight.includes(id) ? [] : [id]));
  const rows = await ctx.db
    .select({ taskId: labelGolds.taskId })
    .from(labelGolds)
    .where(
      and(
        eq(labelGolds.workspaceId, ctx.actor.workspaceId),
        inArray(labelGolds.taskId, hidden),
        eq(labelGolds.isEnabled, true),
      ),
    );
  const golds = new Set(rows.map(({ taskId }) => taskId));
  const unseen = { probabilities: null, posterior: null, factors: null, review: null };
  const open = { state: "open" as const, settledAt: null, answers: 0, cannotTell: 0, taken: 0 };
  return tasks.map((stored) => {
    const task = { ...stored, data: withoutHidden(stored.data, fields.get(stored.projectId) ?? []).data };
    if (sight.includes(task.id)) return task;
    return golds.has(task.id) ? { ...task, ...unseen, ...open } : { ...task, ...unseen };
  });
}
