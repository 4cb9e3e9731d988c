import { createHash } from "node:crypto";
import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { evaluationDatasets, experiments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noExperiment } from "../experiments/lock-experiment.ts";

type DatasetRow = typeof evaluationDatasets.$inferSelect;

/** The tag by which a client names the person it works for. */
export const userTag = "mlflow.user";

/** Selects one evaluation dataset of the caller's workspace. */
export function thisDataset(ctx: Context, id: string): SQL | undefined {
  return and(eq(evaluationDatasets.workspaceId, ctx.actor.workspaceId), eq(evaluationDatasets.id, id));
}

/** Reads an evaluation dataset and locks it until the caller's transaction ends. @throws DomainError "not-found" */
export async function lockDataset(ctx: Context, id: string): Promise<DatasetRow> {
  const [dataset] = await ctx.db.select().from(evaluationDatasets).where(thisDataset(ctx, id)).for("no key update");
  if (!dataset) throw noDataset(id);
  return dataset;
}

export function noDataset(id: string): DomainError {
  return new DomainError("not-found", `Evaluation dataset with ID '${id}' not found`);
}

/** Returns the fields that every change updates: user, time and the digest of both. Two changes within a millisecond differ too. */
export function changedBy(by: string, dataset: Pick<DatasetRow, "name" | "updatedAt">) {
  const updatedAt = Math.max(Date.now(), dataset.updatedAt + 1);
  return { updatedBy: by, updatedAt, digest: digestOf(dataset.name, updatedAt) };
}

/** Returns eight hex digits from the name and the time of the last change, as in MLflow. */
export function digestOf(name: string, updatedAt: number): string {
  return createHash("sha256").update(`${name}:${updatedAt}`).digest("hex").slice(0, 8);
}

/** @throws DomainError "not-found" for an experiment that is not in the workspace or is deleted. */
export async function requireExperiments(ctx: Context, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { workspaceId } = ctx.actor;
  const found = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(
      and(eq(experiments.workspaceId, workspaceId), inArray(experiments.id, [...ids]), isNull(experiments.deletedAt)),
    )
    .for("share");
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw noExperiment(missing);
}
