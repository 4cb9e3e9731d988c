import { and, eq, inArray, sql } from "drizzle-orm";
import {
  datasets,
  experiments,
  loggedModels,
  modelVersions,
  registeredModels,
  runDatasets,
  runs,
  trainingJobs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { datasetContext } from "#server/develop/datasets/dataset-context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noVersion } from "../lookups.ts";
import type { Lineage, ListVersions, ModelVersion, VersionDetails, VersionKey } from "./contract.ts";
import { listVersions } from "./queries.ts";
import { loadVersion } from "./rows.ts";
import { servedVersions } from "./served-versions.ts";

/** Returns one version with its run, datasets and logged model, and the endpoints it is deployed on. @throws DomainError "not-found" */
export async function getVersionDetails(ctx: Context, key: VersionKey): Promise<VersionDetails> {
  permit(ctx, "getVersionDetails");
  return loadVersionDetails(ctx, key);
}

/** Returns the version details inside a command, whose caller may not be allowed to read. @throws DomainError "not-found" */
export async function loadVersionDetails(ctx: Context, key: VersionKey): Promise<VersionDetails> {
  const [details] = await withLineage(ctx, [await loadVersion(ctx, key)]);
  if (!details) throw noVersion(key);
  return details;
}

/** Lists versions of a model with their lineage, newest first, below the number `before`. @throws DomainError "not-found" */
export async function listVersionDetails(ctx: Context, input: ListVersions): Promise<VersionDetails[]> {
  permit(ctx, "listVersionDetails");
  return withLineage(ctx, await listVersions(ctx, input));
}

async function withLineage(ctx: Context, versions: ModelVersion[]): Promise<VersionDetails[]> {
  if (versions.length === 0) return [];
  const ids = versions.map(({ id }) => id);
  const runIds = [...new Set(versions.flatMap(({ runId }) => (runId ? [runId] : [])))];
  const loggedModelIds = versions.flatMap(({ loggedModelId }) => (loggedModelId ? [loggedModelId] : []));
  const runOf = await runsById(ctx, runIds);
  const datasetsOf = await datasetsByRun(ctx, runIds);
  const sourcesOf = await sourcesByRun(ctx, runIds);
  const loggedModelOf = await loggedModelsById(ctx, loggedModelIds);
  const served = await servedVersions(ctx, inArray(modelVersions.id, ids));
  const servedOf = Map.groupBy(served, ({ versionId }) => versionId);
  return versions.map((version) => ({
    ...version,
    lineage: {
      run: runOf.get(version.runId) ?? null,
      loggedModel: loggedModelOf.get(version.loggedModelId ?? "") ?? null,
      datasets: datasetsOf.get(version.runId) ?? [],
      models: sourcesOf.get(version.runId) ?? [],
      endpoints: (servedOf.get(version.id) ?? []).map(({ endpointId, endpointName }) => ({
        id: endpointId,
        name: endpointName,
      })),
    },
  }));
}

/** Returns the runs of versions. A version's run id is free text: the run may not exist, or belong to another workspace. */
async function runsById(ctx: Context, ids: string[]): Promise<Map<string, NonNullable<Lineage["run"]>>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: runs.id, name: runs.name, experimentId: runs.experimentId, experimentName: experiments.name })
    .from(runs)
    .innerJoin(experiments, and(eq(experiments.workspaceId, runs.workspaceId), eq(experiments.id, runs.experimentId)))
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), inArray(runs.id, ids)));
  return new Map(rows.map((run) => [run.id, run]));
}

async function loggedModelsById(ctx: Context, ids: string[]): Promise<Map<string, { id: string; name: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: loggedModels.id, name: loggedModels.name })
    .from(loggedModels)
    .where(and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), inArray(loggedModels.id, ids)));
  return new Map(rows.map((model) => [model.id, model]));
}

/** A run that names thousands of datasets does not fill the page with them. */
const maxDatasets = 100;

async function datasetsByRun(ctx: Context, runIds: string[]): Promise<Map<string, Lineage["datasets"]>> {
  if (runIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ runId: runDatasets.runId, name: datasets.name, digest: datasets.digest, tags: runDatasets.tags })
    .from(runDatasets)
    .innerJoin(datasets, eq(datasets.id, runDatasets.datasetId))
    .where(and(eq(runDatasets.workspaceId, ctx.actor.workspaceId), inArray(runDatasets.runId, runIds)))
    .orderBy(datasets.name, datasets.digest)
    .limit(runIds.length * maxDatasets);
  const byRun = Map.groupBy(rows, ({ runId }) => runId);
  return new Map(
    [...byRun].map(([runId, list]) => [
      runId,
      list.slice(0, maxDatasets).map(({ name, digest, tags }) => ({ name, digest, context: datasetContext(tags) })),
    ]),
  );
}

/** Returns the versions that the training jobs of runs worked on. One that was deleted since is left out. */
async function sourcesByRun(ctx: Context, runIds: string[]): Promise<Map<string, Lineage["models"]>> {
  if (runIds.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const jobs = await ctx.db
    .select({
      runId: trainingJobs.runId,
      models: sql<Record<string, string>>`coalesce(${trainingJobs.spec} -> 'models', '{}')`,
    })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), inArray(trainingJobs.runId, runIds)));
  const wanted = [...new Set(jobs.flatMap(({ models }) => Object.values(models)))];
  if (wanted.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, name: registeredModels.name, version: modelVersions.version })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, workspaceId), inArray(modelVersions.id, wanted)))
    .orderBy(registeredModels.name, modelVersions.version);
  return new Map(
    jobs.map(({ runId, models }) => {
      const ids = Object.values(models);
      return [runId, rows.filter(({ id }) => ids.includes(id)).map(({ name, version }) => ({ name, version }))];
    }),
  );
}
