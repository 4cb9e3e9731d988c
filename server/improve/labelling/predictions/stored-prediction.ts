import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { labelPredictions, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

export type StoredPrediction = Omit<typeof labelPredictions.$inferSelect, "workspaceId">;

/** A prediction as clients send it; each field is checked where it is read. */
export interface SentPrediction {
  taskId: number;
  result: unknown;
  score?: unknown;
  modelVersion?: unknown;
}

/** Reads what the tasks of a project show, by id; ids that are none are left out. */
export async function dataOfTasks(ctx: Context, projectId: number, ids: readonly number[]) {
  const valid = ids.filter((id) => z.int().safeParse(id).success);
  const rows = await ctx.db
    .select({ id: labelTasks.id, data: labelTasks.data })
    .from(labelTasks)
    .where(
      and(
        eq(labelTasks.workspaceId, ctx.actor.workspaceId),
        eq(labelTasks.projectId, projectId),
        inArray(labelTasks.id, valid),
      ),
    );
  return new Map(rows.map(({ id, data }) => [id, data]));
}

/** Finds a prediction. @throws DomainError "not-found" */
export async function findPrediction(ctx: Context, predictionId: number): Promise<StoredPrediction> {
  const [row] = await ctx.db.select().from(labelPredictions).where(isPrediction(ctx, predictionId));
  if (!row) throw noPrediction();
  return toStoredPrediction(row);
}

export const isPrediction = (ctx: Context, predictionId: number) =>
  and(eq(labelPredictions.workspaceId, ctx.actor.workspaceId), eq(labelPredictions.id, predictionId));

export const noPrediction = () => new DomainError("not-found", "Prediction not found.");

export function toStoredPrediction({
  workspaceId: _workspaceId,
  ...row
}: typeof labelPredictions.$inferSelect): StoredPrediction {
  return row;
}
