import { and, asc, desc, eq, inArray, isNull, or } from "drizzle-orm";
import {
  datasets,
  datasetVersions,
  experiments,
  featureTrainingSets,
  loggedModels,
  runDatasets,
  runModels,
  runs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { listVersionsOfRuns } from "#server/develop/tracking/versions-of-runs.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { RunRelatives } from "../runs/contract.ts";
import { noRun } from "../runs/lock-run.ts";
import { toRunInfo } from "../runs/rows.ts";

const most = 100;

/** Returns the experiment and parent of a run, its child runs, the models and versions it created, and the training sets it read. @throws DomainError "not-found" */
export async function getRunRelatives(ctx: Context, runId: string): Promise<RunRelatives> {
  permit(ctx, "getRunRelatives");
  const { workspaceId } = ctx.actor;
  const [run] = await ctx.db
    .select({ parentRunId: runs.parentRunId, experimentName: experiments.name })
    .from(runs)
    .innerJoin(experiments, and(eq(experiments.workspaceId, runs.workspaceId), eq(experiments.id, runs.experimentId)))
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, runId)));
  if (!run) throw noRun(runId);
  const children = await ctx.db
    .select()
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.parentRunId, runId), isNull(runs.deletedAt)))
    .orderBy(desc(runs.startedAt), asc(runs.id))
    .limit(most);
  const versions = await listVersionsOfRuns(ctx, [runId]);
  return {
    experimentName: run.experimentName,
    parent: run.parentRunId === null ? null : await parentOf(ctx, run.parentRunId),
    children: children.map(toRunInfo),
    models: await modelsOf(ctx, runId),
    versions: versions.map(({ modelName, version }) => ({ modelName, version })),
    trainingSets: await trainingSetsOf(ctx, runId),
  };
}

/** Returns the parent run. The parent tag is free text: the run may not exist. */
async function parentOf(ctx: Context, id: string): Promise<RunRelatives["parent"]> {
  const [parent] = await ctx.db
    .select({ id: runs.id, name: runs.name, experimentId: runs.experimentId })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, id)));
  return parent ?? null;
}

/** Returns the training sets whose results are inputs of a run, by name and digest, which is all that MLflow's client says. */
async function trainingSetsOf(ctx: Context, runId: string): Promise<RunRelatives["trainingSets"]> {
  const { workspaceId } = ctx.actor;
  return ctx.db
    .selectDistinctOn([datasetVersions.name, datasetVersions.digest], {
      id: featureTrainingSets.id,
      name: datasetVersions.name,
      digest: datasetVersions.digest,
    })
    .from(runDatasets)
    .innerJoin(datasets, and(eq(datasets.workspaceId, workspaceId), eq(datasets.id, runDatasets.datasetId)))
    .innerJoin(
      datasetVersions,
      and(
        eq(datasetVersions.workspaceId, workspaceId),
        eq(datasetVersions.name, datasets.name),
        eq(datasetVersions.digest, datasets.digest),
      ),
    )
    .innerJoin(featureTrainingSets, eq(featureTrainingSets.datasetVersionId, datasetVersions.id))
    .where(and(eq(runDatasets.workspaceId, workspaceId), eq(runDatasets.runId, runId)))
    .orderBy(asc(datasetVersions.name), asc(datasetVersions.digest), desc(featureTrainingSets.createdAt))
    .limit(most);
}

/** Returns the models of a run, according to the model's own source run or to the run's recorded outputs. */
async function modelsOf(ctx: Context, runId: string): Promise<RunRelatives["models"]> {
  const { workspaceId } = ctx.actor;
  const made = ctx.db
    .select({ id: runModels.modelId })
    .from(runModels)
    .where(and(eq(runModels.workspaceId, workspaceId), eq(runModels.runId, runId), eq(runModels.isOutput, true)));
  return ctx.db
    .select({
      id: loggedModels.id,
      name: loggedModels.name,
      type: loggedModels.modelType,
      status: loggedModels.status,
      artifactUri: loggedModels.artifactUri,
    })
    .from(loggedModels)
    .where(
      and(
        eq(loggedModels.workspaceId, workspaceId),
        isNull(loggedModels.deletedAt),
        or(eq(loggedModels.sourceRunId, runId), inArray(loggedModels.id, made)),
      ),
    )
    .orderBy(asc(loggedModels.name), asc(loggedModels.createdAt))
    .limit(most);
}
