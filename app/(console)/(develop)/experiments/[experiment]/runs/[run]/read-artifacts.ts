import { runtime } from "#app/_lib/context.ts";
import { foldersTo, previewKind } from "#components/develop/tracking/artifacts/artifact-preview.ts";
import type { OpenArtifact } from "#components/develop/tracking/artifacts/artifact-view.tsx";
import { completeLines, windowOf } from "#components/develop/tracking/artifacts/text-window.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { ArtifactFile } from "#server/develop/tracking/artifacts/contract.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { listArtifacts } from "#server/develop/tracking/artifacts/queries.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { readText } from "../../../read-text.ts";

interface Artifacts {
  folders: Record<string, ArtifactFile[]>;
  path: string;
  file: OpenArtifact | undefined;
  elsewhere?: string;
  failed?: string;
}

/**
 * Reads the folders of a run that are open for `path`, and the file that it names, from byte `at` on if it is long. A path that does not
 * exist opens as much as possible; a store that does not respond is reported, so that the rest of the page is shown.
 */
export async function readArtifacts(
  ctx: Context,
  run: Run,
  { path, at }: { path: string; at: number | undefined },
): Promise<Artifacts> {
  const none = { folders: {}, path, file: undefined };
  if (pathInRoot(run.artifactUri, "") === undefined) return { ...none, elsewhere: run.artifactUri };
  try {
    return await readOpen(ctx, run, path, at);
  } catch (cause) {
    log.error("artifacts.unreadable", { cause, runId: run.id });
    return { ...none, failed: "Could not read the artifact store. Reload the page; see the server log for details." };
  }
}

async function readOpen(ctx: Context, run: Run, path: string, at: number | undefined): Promise<Artifacts> {
  const folders: Record<string, ArtifactFile[]> = {};
  let file: OpenArtifact | undefined;
  for (const folder of new Set(["", ...foldersTo(path)])) {
    const files = await list(ctx, run, folder);
    if (files) folders[folder] = files;
  }
  const slash = path.lastIndexOf("/");
  const named = folders[path.slice(0, Math.max(0, slash))]?.find(({ name }) => name === path.slice(slash + 1));
  if (named?.isFolder) folders[path] = (await list(ctx, run, path)) ?? [];
  else if (named) file = await open(ctx, run, path, named, at);
  return { folders, path, file };
}

async function list(ctx: Context, run: Run, folder: string): Promise<ArtifactFile[] | undefined> {
  try {
    return await listArtifacts(ctx, runtime().artifacts, pathInRoot(run.artifactUri, folder) ?? "");
  } catch (error) {
    // An invalid path entered by a user.
    if (error instanceof DomainError && error.code === "invalid") return undefined;
    throw error;
  }
}

async function open(
  ctx: Context,
  run: Run,
  path: string,
  { name, sizeBytes = 0 }: ArtifactFile,
  at: number | undefined,
): Promise<OpenArtifact> {
  const kind = previewKind(name);
  const isText = kind === "text" || kind === "json";
  const window = windowOf(name, sizeBytes, at);
  const text = isText ? completeLines(await readText(ctx, run, path, window), window, sizeBytes) : undefined;
  return { path, sizeBytes, kind, window, text };
}
