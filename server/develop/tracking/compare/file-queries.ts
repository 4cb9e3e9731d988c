import { text } from "node:stream/consumers";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { pathInRoot } from "../artifacts/locate.ts";
import { listArtifacts, openArtifact } from "../artifacts/queries.ts";
import { listRunModels } from "../models/queries.ts";
import { getRun } from "../runs/queries.ts";
import type { RunEnvironment, RunFiles } from "./contract.ts";
import {
  type Environment,
  type EnvironmentFile,
  environmentFiles,
  mergeEnvironments,
  parseEnvironment,
} from "./parse-environment.ts";

const maxFiles = 500;
const maxFolders = 60;
/** Files of an environment are a few kilobytes. */
const maxBytes = 256 * 1024;
/** A run that logs more models trains them in one environment. */
const maxModels = 3;

/** Lists the files of a run in all its folders, by path: at most 500 files and 60 folders. @throws DomainError "not-found" */
export async function listRunFiles(ctx: Context, store: ArtifactStore, runId: string): Promise<RunFiles> {
  permit(ctx, "listRunFiles");
  const { artifactUri } = await getRun(ctx, runId);
  const files: RunFiles["files"] = [];
  const folders = pathInRoot(artifactUri, "") === undefined ? [] : [""];
  let looked = 0;
  for (const folder of folders) {
    if (files.length >= maxFiles || looked >= maxFolders) break;
    looked += 1;
    for (const { name, isFolder, sizeBytes = 0 } of await listArtifacts(ctx, store, rooted(artifactUri, folder))) {
      const path = folder ? `${folder}/${name}` : name;
      if (isFolder) folders.push(path);
      else files.push({ path, sizeBytes });
    }
  }
  const isCut = files.length > maxFiles || looked < folders.length;
  return { runId, files: files.slice(0, maxFiles).sort((a, b) => (a.path < b.path ? -1 : 1)), isCut };
}

/**
 * Returns Python version and packages of a run, from the files that MLflow's client writes with its models, or that the run logged itself.
 * @throws DomainError "not-found"
 */
export async function getRunEnvironment(ctx: Context, store: ArtifactStore, runId: string): Promise<RunEnvironment> {
  permit(ctx, "getRunEnvironment");
  const { artifactUri } = await getRun(ctx, runId);
  const models = await listRunModels(ctx, runId);
  const roots = [
    ...models.slice(-maxModels).map(({ name, artifactUri }) => ({ name: `${name}/`, uri: artifactUri, folder: "" })),
    { name: "", uri: artifactUri, folder: "" },
    // Before MLflow 3, models were stored in folders of the run.
    ...(await modelFolders(ctx, store, artifactUri)).map((folder) => ({ name: "", uri: artifactUri, folder })),
  ];
  const sources: string[] = [];
  const found: Environment[] = [];
  for (const { name, uri, folder } of roots) {
    if (pathInRoot(uri, folder) === undefined) continue;
    const listed = await listArtifacts(ctx, store, rooted(uri, folder));
    for (const file of environmentFiles) {
      if (!listed.some((each) => each.name === file && !each.isFolder)) continue;
      const path = folder ? `${folder}/${file}` : file;
      const said = await read(ctx, store, uri, path, file);
      if (!said) continue;
      found.push(said);
      sources.push(name + path);
    }
  }
  return { runId, sources, ...mergeEnvironments(found) };
}

async function modelFolders(ctx: Context, store: ArtifactStore, uri: string): Promise<string[]> {
  if (pathInRoot(uri, "") === undefined) return [];
  const folders = (await listArtifacts(ctx, store, rooted(uri, ""))).filter(({ isFolder }) => isFolder);
  return folders.slice(0, 20).map(({ name }) => name);
}

async function read(
  ctx: Context,
  store: ArtifactStore,
  uri: string,
  path: string,
  file: EnvironmentFile,
): Promise<Environment | undefined> {
  try {
    const artifact = await openArtifact(ctx, store, rooted(uri, path));
    if (artifact.sizeBytes === 0 || artifact.sizeBytes > maxBytes) return undefined;
    return parseEnvironment(file, await text(await artifact.open()));
  } catch (error) {
    // Removed between the look and the reading.
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  }
}

function rooted(uri: string, path: string): string {
  return pathInRoot(uri, path) ?? "";
}
