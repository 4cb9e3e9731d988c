import { labelPredictions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { Turns } from "#server/base/turns.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { LabelConfig } from "../contract.ts";
import { modelVersionOf, scoreOf } from "../exchange/interpret-item.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { readRegions } from "../regions/read-regions.ts";
import { dataOfTasks, type SentPrediction, type StoredPrediction, toStoredPrediction } from "./stored-prediction.ts";

const maxPredictions = 10_000;
/** Predictions whose tasks are in memory at the same time. */
const readAtOnce = 500;
/** Predictions of one statement, each with up to half a megabyte of regions. */
const storedAtOnce = 200;

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
  const { config } = await findLiveLabelProject(ctx, projectId);
  const rows = await readPredictions(ctx, { projectId, config, predictions });
  return transact(ctx, async (ctx) => {
    await findLiveLabelProject(ctx, projectId);
    const stored: StoredPrediction[] = [];
    for (let at = 0; at < rows.length; at += storedAtOnce) {
      const inserted = await ctx.db
        .insert(labelPredictions)
        .values(rows.slice(at, at + storedAtOnce))
        .returning();
      stored.push(...inserted.map(toStoredPrediction));
    }
    return stored;
  });
}

/** Reads and checks what predictions say, in turns, and with the data of a few tasks at a time in memory. */
async function readPredictions(
  ctx: Context,
  {
    projectId,
    config,
    predictions,
  }: { projectId: number; config: LabelConfig; predictions: readonly SentPrediction[] },
): Promise<(typeof labelPredictions.$inferInsert)[]> {
  const { workspaceId } = ctx.actor;
  const rows: (typeof labelPredictions.$inferInsert)[] = [];
  const turns = new Turns();
  for (let at = 0; at < predictions.length; at += readAtOnce) {
    const some = predictions.slice(at, at + readAtOnce);
    const tasks = await dataOfTasks(ctx, projectId, [...new Set(some.map(({ taskId }) => taskId))]);
    for (const [index, { taskId, result, score, modelVersion }] of some.entries()) {
      const data = tasks.get(taskId);
      if (!data) throw new DomainError("invalid", `Error at item ${at + index}: the project has no task ${taskId}.`);
      try {
        const { regions } = readRegions(config, result, data);
        const said = { result: regions, score: scoreOf(score), modelVersion: modelVersionOf(modelVersion) };
        rows.push({ workspaceId, projectId, taskId, ...said });
      } catch (error) {
        if (!(error instanceof DomainError) || predictions.length === 1) throw error;
        throw new DomainError("invalid", `Error at item ${at + index}: ${error.message}`, { cause: error });
      }
      await turns.next();
    }
  }
  return rows;
}
