import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Archive } from "#server/base/zip/archive.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { ownPath } from "#server/platform/artifacts/own-path.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type ArtifactLine, pathInZip } from "../leeway/format.ts";
import { loggedModels, modelLines } from "./read-models.ts";
import { runPages } from "./read-runs.ts";

/** Adds the files of runs, logged models and uploaded versions, and yields a line for each. */
export async function* addArtifacts(
  ctx: Context,
  artifacts: ArtifactStore,
  archive: Archive,
): AsyncGenerator<ArtifactLine> {
  for await (const { owner, id, root } of rootsOf(ctx)) {
    const folders = [""];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const { name, isFolder } of await artifacts.list(folder ? `${root}/${folder}` : root)) {
        const path = folder ? `${folder}/${name}` : name;
        if (isFolder) {
          folders.push(path);
          continue;
        }
        const body = await artifacts.open(`${root}/${path}`).catch(goneMeanwhile);
        if (!body) continue;
        const { sizeBytes, sha256 } = await archive.add(pathInZip({ owner, id, path }), body, false);
        yield { owner, id, path, sizeBytes, sha256 };
      }
    }
  }
}

async function* rootsOf(ctx: Context): AsyncGenerator<{ owner: ArtifactLine["owner"]; id: string; root: string }> {
  const rootOf = (uri: string): string | undefined => {
    const path = ownPath(uri);
    return path && artifactKey(ctx.actor.workspaceId, path.split("/"));
  };
  for await (const page of runPages(ctx)) {
    for (const { id, artifactUri } of page) {
      const root = rootOf(artifactUri);
      if (root) yield { owner: "runs", id, root };
    }
  }
  for await (const { id, artifactUri } of loggedModels(ctx)) {
    const root = rootOf(artifactUri);
    if (root) yield { owner: "logged-models", id, root };
  }
  const seen = new Set<string>();
  for await (const { versions } of modelLines(ctx)) {
    for (const { upload } of versions) {
      if (!upload || seen.has(upload)) continue;
      seen.add(upload);
      yield { owner: "uploads", id: upload, root: artifactKey(ctx.actor.workspaceId, ["models", upload]) };
    }
  }
}

function goneMeanwhile(error: unknown): undefined {
  if (!(error instanceof DomainError) || error.code !== "not-found") throw error;
}
