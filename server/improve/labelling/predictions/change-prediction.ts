import { sql } from "drizzle-orm";
import { labelPredictions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Region } from "../contract.ts";
import { modelVersionOf, scoreOf } from "../exchange/interpret-item.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { readRegions } from "../regions/read-regions.ts";
import {
  dataOfTasks,
  findPrediction,
  isPrediction,
  noPrediction,
  type SentPrediction,
  type StoredPrediction,
  toStoredPrediction,
} from "./stored-prediction.ts";

/** Changes a prediction; what is left out stays. @throws DomainError "not-found", "conflict", "invalid" */
export async function changePrediction(
  ctx: Context,
  { predictionId, ...sent }: { predictionId: number } & Partial<Omit<SentPrediction, "taskId">>,
): Promise<StoredPrediction> {
  permit(ctx, "changePrediction");
  return transact(ctx, async (ctx) => {
    const { projectId, taskId } = await findPrediction(ctx, predictionId);
    const { config } = await findLiveLabelProject(ctx, projectId);
    const data = (await dataOfTasks(ctx, projectId, [taskId])).get(taskId);
    const regions: Region[] | undefined =
      sent.result === undefined ? undefined : readRegions(config, sent.result, data).regions;
    const [row] = await ctx.db
      .update(labelPredictions)
      .set({
        ...(regions && { result: regions }),
        ...(sent.score !== undefined && { score: scoreOf(sent.score) }),
        ...(sent.modelVersion !== undefined && { modelVersion: modelVersionOf(sent.modelVersion) }),
        updatedAt: sql`now()`,
      })
      .where(isPrediction(ctx, predictionId))
      .returning();
    if (!row) throw noPrediction();
    return toStoredPrediction(row);
  });
}
