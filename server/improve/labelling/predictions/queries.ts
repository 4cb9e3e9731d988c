import { and, asc, eq, inArray } from "drizzle-orm";
import { labelPredictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findPrediction, type StoredPrediction, toStoredPrediction } from "./stored-prediction.ts";

/** Lists the predictions of some tasks, in the order of tasks and ids. */
export async function listPredictions(ctx: Context, taskIds: readonly number[]): Promise<StoredPrediction[]> {
  permit(ctx, "listPredictions");
  const rows = await ctx.db
    .select()
    .from(labelPredictions)
    .where(and(eq(labelPredictions.workspaceId, ctx.actor.workspaceId), inArray(labelPredictions.taskId, [...taskIds])))
    .orderBy(asc(labelPredictions.taskId), asc(labelPredictions.id));
  return rows.map(toStoredPrediction);
}

/** Returns a prediction. @throws DomainError "not-found" */
export async function getPrediction(ctx: Context, predictionId: number): Promise<StoredPrediction> {
  permit(ctx, "listPredictions");
  return findPrediction(ctx, predictionId);
}
