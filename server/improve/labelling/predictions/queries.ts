import { and, asc, eq, inArray } from "drizzle-orm";
import { labelPredictions, labelProjects, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isBlindFor } from "../queue/given-task.ts";
import { loadSight } from "../tasks/sight.ts";
import { findPrediction, noPrediction, type StoredPrediction, toStoredPrediction } from "./stored-prediction.ts";

/** Lists the predictions of some tasks that the caller may see, in the order of tasks and ids. */
export async function listTaskPredictions(ctx: Context, taskIds: readonly number[]): Promise<StoredPrediction[]> {
  permit(ctx, "listTaskPredictions");
  const rows = await ctx.db
    .select()
    .from(labelPredictions)
    .where(and(eq(labelPredictions.workspaceId, ctx.actor.workspaceId), inArray(labelPredictions.taskId, [...taskIds])))
    .orderBy(asc(labelPredictions.taskId), asc(labelPredictions.id));
  const isShown = await loadShown(ctx, taskIds);
  return rows.filter(({ taskId }) => isShown(taskId)).map(toStoredPrediction);
}

/** Returns a prediction. @throws DomainError "not-found", also for one that the caller may not see yet */
export async function getPrediction(ctx: Context, predictionId: number): Promise<StoredPrediction> {
  permit(ctx, "listTaskPredictions");
  const prediction = await findPrediction(ctx, predictionId);
  const isShown = await loadShown(ctx, [prediction.taskId]);
  if (!isShown(prediction.taskId)) throw noPrediction();
  return prediction;
}

/** Predictions are seen after the own answer, or before it where the project shows them and the task is not blind for the person. */
async function loadShown(ctx: Context, taskIds: readonly number[]): Promise<(taskId: number) => boolean> {
  const { person, includes } = await loadSight(ctx, taskIds);
  if (person === null || taskIds.every(includes)) return includes;
  const rows = await ctx.db
    .select({ id: labelTasks.id, settings: labelProjects.settings })
    .from(labelTasks)
    .innerJoin(labelProjects, eq(labelProjects.id, labelTasks.projectId))
    .where(and(eq(labelTasks.workspaceId, ctx.actor.workspaceId), inArray(labelTasks.id, [...taskIds])));
  const shown = new Set(
    rows.filter(({ id, settings }) => settings.showPredictions && !isBlindFor(id, person)).map(({ id }) => id),
  );
  return (taskId) => includes(taskId) || shown.has(taskId);
}
