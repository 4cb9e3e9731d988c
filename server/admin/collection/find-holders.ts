import { and, eq, gt, inArray, sql } from "drizzle-orm";
import {
  artifactUploads,
  datasets,
  datasetUploads,
  datasetVersions,
  featureFiles,
  loggedModels,
  modelVersions,
  registeredModels,
  runs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { keepsFile } from "#server/develop/datasets/upload-states.ts";
import { overlap } from "../../platform/artifacts/own-path.ts";
import { isLocationIn, type VersionLocation } from "../../platform/artifacts/version-paths.ts";
import { findTrainingHolders } from "./find-training-holders.ts";

/**
 * Describes what refers to each of these folders; folders without references have no entry. Runs, models and versions in the trash count
 * as references: they may be restored.
 * @param prefixes keys of folders in this workspace.
 */
export async function findHolders(ctx: Context, prefixes: readonly string[]): Promise<Map<string, string>> {
  const below = (top: string) => prefixes.filter((prefix) => prefix.startsWith(`${ctx.actor.workspaceId}/${top}/`));
  const [labels, training] = [below("labels"), below("training")];
  const others = prefixes.filter((prefix) => !labels.includes(prefix) && !training.includes(prefix));
  return new Map([
    ...(await findOwners(ctx, others)),
    ...(await findShowing(ctx, labels)),
    ...(await findTrainingHolders(ctx, training)),
  ]);
}

async function findOwners(ctx: Context, prefixes: readonly string[]): Promise<Map<string, string>> {
  const { workspaceId } = ctx.actor;
  const pathOf = (prefix: string) => prefix.slice(workspaceId.length + 1);
  // The owner of a root precedes "artifacts": <experiment>/<run>/artifacts, <experiment>/models/<model>/artifacts.
  const ids = [...new Set(prefixes.flatMap((prefix) => pathOf(prefix).split("/")))];
  if (ids.length === 0) return new Map();
  const owners = new Map<string, string>();
  const foundRuns = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), inArray(runs.id, ids)));
  for (const { id } of foundRuns) owners.set(id, `run ${id}`);
  const foundModels = await ctx.db
    .select({ id: loggedModels.id })
    .from(loggedModels)
    .where(and(eq(loggedModels.workspaceId, workspaceId), inArray(loggedModels.id, ids)));
  for (const { id } of foundModels) owners.set(id, `logged model ${id}`);
  const locations = await versionLocations(ctx);
  const uploads = await ctx.db
    .select({ key: artifactUploads.key })
    .from(artifactUploads)
    .where(and(eq(artifactUploads.workspaceId, workspaceId), gt(artifactUploads.expiresAt, sql`now()`)));
  const sources = await ctx.db
    .select({ name: datasets.name, source: datasets.source })
    .from(datasets)
    .where(and(eq(datasets.workspaceId, workspaceId), sql`${datasets.source} like '%mlflow-artifacts:%'`));

  const files = await datasetFiles(ctx);
  const history = await historyFiles(ctx);
  const samples = await referenceSamples(ctx);
  const evaluated = await evaluationFiles(ctx);

  const holderOf = (prefix: string): string | undefined => {
    const path = pathOf(prefix);
    const owner = path.split("/").find((segment) => owners.has(segment));
    if (owner) return owners.get(owner);
    const version = locations.find((location) => isLocationIn(location, workspaceId, path));
    if (version) return version.label;
    if (uploads.some(({ key }) => overlap(key, prefix))) return "an upload in progress";
    const file = files.find(({ key }) => overlap(key, prefix));
    if (file) return `dataset ${file.name}`;
    if (history.some((key) => overlap(key, prefix))) return "the history of a feature view";
    const sample = samples.find((key) => overlap(key, prefix));
    if (sample) return "a reference";
    const evaluation = evaluated.find(({ key }) => overlap(key, prefix));
    if (evaluation) return evaluation.holder;
    const dataset = sources.find(({ source }) => source.includes(path));
    return dataset && `dataset ${dataset.name}`;
  };
  return new Map(
    prefixes.flatMap((prefix) => {
      const holder = holderOf(prefix);
      return holder === undefined ? [] : [[prefix, holder] as const];
    }),
  );
}

/** Lists the files of datasets: of versions, and of uploads that are still to be read or may be retried. */
async function datasetFiles(ctx: Context): Promise<{ name: string; key: string }[]> {
  const { workspaceId } = ctx.actor;
  const ofVersions = ctx.db
    .select({ name: datasetVersions.name, key: datasetVersions.artifactKey })
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, workspaceId));
  const ofUploads = ctx.db
    .select({ name: datasetUploads.name, key: datasetUploads.artifactKey })
    .from(datasetUploads)
    .where(keepsFile(ctx));
  return ofVersions.unionAll(ofUploads);
}

/** Lists the files of the history of feature views. */
async function historyFiles(ctx: Context): Promise<string[]> {
  const rows = await ctx.db
    .select({ key: featureFiles.artifactKey })
    .from(featureFiles)
    .where(eq(featureFiles.workspaceId, ctx.actor.workspaceId));
  return rows.map(({ key }) => key);
}

/** Lists the raw rows stored for references, including those of versions in the trash. */
async function referenceSamples(ctx: Context): Promise<string[]> {
  const { rows } = await ctx.db.execute<{ key: string }>(sql`
    select sample_key as key from reference_profiles
    where workspace_id = ${ctx.actor.workspaceId} and sample_key is not null
    union all select reference.sample_key
    from trashed_models, jsonb_array_elements(rows) as kept,
      jsonb_populate_recordset(null::reference_profiles, kept->'rows') as reference
    where trashed_models.workspace_id = ${ctx.actor.workspaceId} and kept->>'table' = 'reference_profiles'
      and reference.sample_key is not null`);
  return rows.map(({ key }) => key);
}

/** Lists the rows of evaluation sets and of evaluations, including those of versions in the trash. */
async function evaluationFiles(ctx: Context): Promise<{ key: string; holder: string }[]> {
  const { rows } = await ctx.db.execute<{ key: string; holder: string }>(sql`
    select rows_key as key, 'an evaluation set' as holder from evaluation_sets
    where workspace_id = ${ctx.actor.workspaceId} and rows_key is not null
    union all select rows_key, 'an evaluation' from evaluation_runs
    where workspace_id = ${ctx.actor.workspaceId} and rows_key is not null
    union all select run.rows_key, 'an evaluation'
    from trashed_models, jsonb_array_elements(rows) as kept,
      jsonb_populate_recordset(null::evaluation_runs, kept->'rows') as run
    where trashed_models.workspace_id = ${ctx.actor.workspaceId} and kept->>'table' = 'evaluation_runs'
      and run.rows_key is not null`);
  return rows;
}

/**
 * Finds which files label tasks show, whether their data name them with the workspace, as Leeway does, or without, in
 * any field within others. There may be a million of them.
 */
async function findShowing(ctx: Context, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const nameOf = (key: string) => key.slice(workspaceId.length + 1);
  const names = keys.flatMap((key) => [key, nameOf(key)]);
  // The condition of the index, word for word.
  const { rows } = await ctx.db.execute<{ name: string }>(sql`
    select distinct name from label_tasks as task, jsonb_array_elements_text(jsonb_path_query_array(task.data, '$.**.artifact')) as name
    where task.workspace_id = ${workspaceId} and task.data @? '$.**.artifact'
      and jsonb_path_query_array(task.data, '$.**.artifact') ?| ${sql.param(names)}::text[]`);
  const shown = new Set(rows.map(({ name }) => name));
  const uploads = await ctx.db
    .select({ key: artifactUploads.key })
    .from(artifactUploads)
    .where(and(inArray(artifactUploads.key, [...keys]), gt(artifactUploads.expiresAt, sql`now()`)));
  const uploading = new Set(uploads.map(({ key }) => key));
  return new Map(
    keys.flatMap((key): [string, string][] => {
      if (shown.has(key) || shown.has(nameOf(key))) return [[key, "a label task"]];
      return uploading.has(key) ? [[key, "an upload in progress"]] : [];
    }),
  );
}

/** Returns the recorded file locations of all versions of this workspace, including those in the trash. */
async function versionLocations(ctx: Context): Promise<VersionLocation[]> {
  const rows = await ctx.db
    .select({
      model: registeredModels.name,
      version: modelVersions.version,
      storageLocation: modelVersions.storageLocation,
      artifactKey: modelVersions.artifactKey,
    })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(eq(modelVersions.workspaceId, ctx.actor.workspaceId));
  const { rows: trashed } = await ctx.db.execute<{
    model: string;
    version: number;
    storage_location: string;
    artifact_key: string | null;
  }>(sql`
    select name as model, version.version, version.storage_location, version.artifact_key
    from trashed_models, jsonb_array_elements(rows) as kept,
      jsonb_populate_recordset(null::model_versions, kept->'rows') as version
    where trashed_models.workspace_id = ${ctx.actor.workspaceId} and kept->>'table' = 'model_versions'`);
  return [
    ...rows.map(({ model, version, ...location }) => ({ label: `version ${version} of ${model}`, ...location })),
    ...trashed.map(({ model, version, storage_location: storageLocation, artifact_key: artifactKey }) => ({
      label: `version ${version} of ${model}, which is in the trash`,
      storageLocation,
      artifactKey,
    })),
  ];
}
