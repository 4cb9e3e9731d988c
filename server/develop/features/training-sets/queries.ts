import { and, desc, eq, type SQL } from "drizzle-orm";
import { datasetVersions, featureTrainingSets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import {
  ListTrainingSets,
  type TrainingSet,
  TrainingSetRecord,
  TrainingSetRequest,
  TrainingSetWarning,
} from "./contract.ts";
import { unacknowledgedLeaks } from "./unacknowledged-leaks.ts";

/** Lists training sets, newest first. */
export async function listTrainingSets(ctx: Context, input: ListTrainingSets = {}): Promise<TrainingSet[]> {
  permit(ctx, "listTrainingSets");
  const { name, digest, limit } = ListTrainingSets.parse(input);
  const rows = await select(
    ctx,
    and(
      name === undefined ? undefined : eq(featureTrainingSets.name, name),
      digest === undefined ? undefined : eq(datasetVersions.digest, digest),
    ),
  )
    .orderBy(desc(featureTrainingSets.createdAt))
    .limit(limit);
  return rows.map(toTrainingSet);
}

/** Returns a training set with its progress, or with what it was made from. @throws DomainError "not-found" */
export async function getTrainingSet(ctx: Context, id: string): Promise<TrainingSet> {
  permit(ctx, "getTrainingSet");
  return loadTrainingSet(ctx, id);
}

/** Loads a training set inside a command. @throws DomainError "not-found" */
export async function loadTrainingSet(ctx: Context, id: string): Promise<TrainingSet> {
  const [row] = await select(ctx, eq(featureTrainingSets.id, id));
  if (row) return toTrainingSet(row);
  throw new DomainError("not-found", "Training set not found.");
}

function select(ctx: Context, where: SQL | undefined) {
  return ctx.db
    .select({ set: featureTrainingSets, digest: datasetVersions.digest })
    .from(featureTrainingSets)
    .leftJoin(datasetVersions, eq(datasetVersions.id, featureTrainingSets.datasetVersionId))
    .where(and(eq(featureTrainingSets.workspaceId, ctx.actor.workspaceId), where))
    .$dynamic();
}

function toTrainingSet({
  set,
  digest,
}: {
  set: typeof featureTrainingSets.$inferSelect;
  digest: string | null;
}): TrainingSet {
  const { id, name, rowsTotal, rowsDone, problem, createdBy, createdAt, startedAt, endedAt } = set;
  const request = TrainingSetRequest.parse(set.request);
  const warnings = TrainingSetWarning.array().parse(set.warnings ?? []);
  return {
    id,
    name,
    state: set.state === "failed" && request.isHeld ? "held" : set.state,
    request,
    rowsTotal,
    rowsDone,
    record: set.record === null ? null : TrainingSetRecord.parse(set.record),
    warnings,
    unacknowledgedLeaks: unacknowledgedLeaks(warnings, request.acknowledgedLeaks),
    digest,
    problem,
    createdBy,
    createdAt,
    startedAt,
    endedAt,
  };
}
