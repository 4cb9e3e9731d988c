import { labelPredictions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { modelVersionOf, scoreOf } from "../exchange/interpret-item.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { readRegions } from "../regions/read-regions.ts";
import { dataOfTasks, type SentPrediction, type StoredPrediction, toStoredPrediction } from "./stored-prediction.ts";

const maxPredictions = 10_000;

/**
 * Adds predictions to tasks of one project: all, or none when one is wrong.
 * @throws DomainError "not-found", "conflict" for an archived project, "invalid", which names the item, "too-large"
 */
export async function addPredictions(
  ctx: Context,
  { projectId, predictions }: { projectId: number; predictions: readonly SentPrediction[] },
): Promise<StoredPrediction[]> {
  permit(ctx, "addPredictions");
  if (predictions.length > maxPredictions) {
    throw new DomainError("too-large", `A call takes ${maxPredictions} predictions.`);
  }
  return transact(ctx, async (ctx) => {
    const { config } = await findLiveLabelProject(ctx, projectId);
    const tasks = await dataOfTasks(ctx, projectId, [...new Set(predictions.map(({ taskId }) => taskId))]);
    const { workspaceId } = ctx.actor;
    const rows = predictions.map(({ taskId, result, score, modelVersion }, index) => {
      const data = tasks.get(taskId);
      if (!data) throw new DomainError("invalid", `Error at item ${index}: the project has no task ${taskId}.`);
      try {
        const { regions } = readRegions(config, result, data);
        const said = { result: regions, score: scoreOf(score), modelVersion: modelVersionOf(modelVersion) };
        return { workspaceId, projectId, taskId, ...said };
      } catch (error) {
        if (!(error instanceof DomainError) || predictions.length === 1) throw error;
        throw new DomainError("invalid", `Error at item ${index}: ${error.message}`, { cause: error });
      }
    });
    const stored: StoredPrediction[] = [];
    for (let at = 0; at < rows.length; at += 2_000) {
      const inserted = await ctx.db
        .insert(labelPredictions)
        .values(rows.slice(at, at + 2_000))
        .returning();
      stored.push(...inserted.map(toStoredPrediction));
    }
    return stored;
  });
}
