import { and, eq } from "drizzle-orm";
import { loggedModels, modelVersions, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey, parseArtifactPath } from "#server/platform/artifacts/artifact-key.ts";
import { requireOwnModels, requireOwnRun } from "../runs/own-run.ts";

/** URI scheme of artifacts that Leeway stores itself. */
const ownScheme = "mlflow-artifacts:/";

/** Location that a path of the proxy refers to. */
export interface Location {
  key: string;
  runId?: string;
  modelId?: string;
  /** Path of the root of that run or model. */
  root?: string;
  isDeleted: boolean;
  /** Whether it is the uploaded file of a registered version, which is stored under its digest and never changes. */
  isSealed?: boolean;
}

/**
 * Finds the owner of a path below mlflow-artifacts:/: the run or logged model whose own root the path starts with, or a version of a
 * registered model whose file was uploaded.
 * @throws DomainError "invalid" for an invalid path, "not-found" for a path without an owner in the caller's workspace; "forbidden" for a token
 * of a training job, where the owner is not one of its runs
 */
export async function locateArtifact(ctx: Context, path: string): Promise<Location> {
  const segments = parseArtifactPath(path);
  const { workspaceId } = ctx.actor;
  const key = artifactKey(workspaceId, segments);
  for (const [index, segment] of segments.entries()) {
    const owner = segments[index - 1];
    if (segment !== "artifacts" || owner === undefined) continue;
    const root = segments.slice(0, index + 1).join("/");
    const uri = ownScheme + root;
    const [run] = await ctx.db
      .select({ id: runs.id, deletedAt: runs.deletedAt })
      .from(runs)
      .where(and(eq(runs.id, owner), eq(runs.workspaceId, workspaceId), eq(runs.artifactUri, uri)));
    if (run) {
      await requireOwnRun(ctx, run.id);
      return { key, runId: run.id, root, isDeleted: run.deletedAt !== null };
    }
    const [model] = await ctx.db
      .select({ id: loggedModels.id, deletedAt: loggedModels.deletedAt })
      .from(loggedModels)
      .where(
        and(eq(loggedModels.id, owner), eq(loggedModels.workspaceId, workspaceId), eq(loggedModels.artifactUri, uri)),
      );
    if (model) {
      await requireOwnModels(ctx, [model.id]);
      return { key, modelId: model.id, root, isDeleted: model.deletedAt !== null };
    }
  }
  // A token of a training job reads files of its runs alone.
  if (!ctx.actor.run && (await isUploaded(ctx, segments))) return { key, isDeleted: false, isSealed: true };
  throw new DomainError("not-found", "No run or logged model has artifacts at this location.");
}

async function isUploaded(ctx: Context, segments: readonly string[]): Promise<boolean> {
  if (segments[0] !== "models" || segments.length < 2) return false;
  const root = ownScheme + segments.slice(0, 2).join("/");
  const [version] = await ctx.db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.storageLocation, root)))
    .limit(1);
  return version !== undefined;
}

/**
 * Returns the path below mlflow-artifacts:/ of a file in the root of a run or model; undefined if its artifacts are stored elsewhere.
 * @param path below the root; "" is the root. @throws DomainError "invalid" for an invalid path.
 */
export function pathInRoot(artifactUri: string, path: string): string | undefined {
  const segments = parseArtifactPath(path);
  if (!artifactUri.startsWith(ownScheme)) return undefined;
  return [artifactUri.slice(ownScheme.length), ...segments].join("/");
}
