import { and, desc, eq } from "drizzle-orm";
import { labelLeases, labelPredictions, labelProjects, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import type { LabelValue } from "../contract.ts";
import { readRegions } from "../regions/read-regions.ts";
import { HeldTask } from "./contract.ts";
import { isBlindFor } from "./given-task.ts";

/**
 * Returns what is predicted for a task that the caller holds, where its project shows predictions; null without a prediction that fits the
 * configuration. The answer says that it was shown.
 * @throws DomainError "not-found" for a task that they do not hold, "forbidden" where predictions stay hidden
 */
export async function showLabelPrediction(ctx: Context, input: HeldTask): Promise<LabelValue | null> {
  permit(ctx, "nextLabelTask");
  const { projectId, taskId } = HeldTask.parse(input);
  const { person } = await annotatorOf(ctx);
  const [held] = await ctx.db
    .select({ data: labelTasks.data, config: labelProjects.config, settings: labelProjects.settings })
    .from(labelTasks)
    .innerJoin(labelProjects, eq(labelProjects.id, labelTasks.projectId))
    .innerJoin(labelLeases, and(eq(labelLeases.taskId, labelTasks.id), eq(labelLeases.person, person)))
    .where(
      and(
        eq(labelTasks.workspaceId, ctx.actor.workspaceId),
        eq(labelTasks.projectId, projectId),
        eq(labelTasks.id, taskId),
      ),
    );
  if (!held) throw new DomainError("not-found", "The task is not leased to you.");
  if (!held.settings.showPredictions || isBlindFor(taskId, person)) {
    throw new DomainError("forbidden", "Predictions of this task stay hidden.");
  }
  const [prediction] = await ctx.db
    .select({ result: labelPredictions.result })
    .from(labelPredictions)
    .where(eq(labelPredictions.taskId, taskId))
    .orderBy(desc(labelPredictions.id))
    .limit(1);
  return prediction ? read(held.config, prediction.result, held.data) : null;
}

/** A prediction of an earlier configuration may name classes that are gone. */
function read(...regions: Parameters<typeof readRegions>): LabelValue | null {
  try {
    return readRegions(...regions).value;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
