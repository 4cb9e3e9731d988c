import { labelPredictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isPrediction, noPrediction } from "./stored-prediction.ts";

/** Deletes a prediction, permanently. @throws DomainError "not-found" */
export async function deletePrediction(ctx: Context, { predictionId }: { predictionId: number }): Promise<void> {
  permit(ctx, "deletePrediction");
  const deleted = await ctx.db.delete(labelPredictions).where(isPrediction(ctx, predictionId)).returning();
  if (deleted.length === 0) throw noPrediction();
}
