import { and, eq } from "drizzle-orm";
import { loggedModels, runs } from "#db/schema/index.ts";
import { artifactKey, parseArtifactPath } from "#server/artifacts/artifact-key.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";

/** Scheme of artifacts that Leeway keeps itself. */
const ownScheme = "mlflow-artifacts:/";

/** Where a path of the proxy leads. */
export interface Location {
  key: string;
  runId?: string;
  modelId?: string;
  isDeleted: boolean;
}

/**
 * Finds the run or logged model that a path below mlflow-artifacts:/ belongs to: the one whose own root the path begins with.
 * @throws DomainError "invalid" for a path that is none, "not-found" for one that belongs to nothing in the caller's workspace.
 */
export async function locateArtifact(ctx: Context, path: string): Promise<Location> {
  const segments = parseArtifactPath(path);
  const { workspaceId } = ctx.actor;
  const key = artifactKey(workspaceId, segments);
  for (const [index, segment] of segments.entries()) {
    const owner = segments[index - 1];
    if (segment !== "artifacts" || owner === undefined) continue;
    const root = ownScheme + segments.slice(0, index + 1).join("/");
    const [run] = await ctx.db
      .select({ id: runs.id, deletedAt: runs.deletedAt })
      .from(runs)
      .where(and(eq(runs.id, owner), eq(runs.workspaceId, workspaceId), eq(runs.artifactUri, root)));
    if (run) return { key, runId: run.id, isDeleted: run.deletedAt !== null };
    const [model] = await ctx.db
      .select({ id: loggedModels.id, deletedAt: loggedModels.deletedAt })
      .from(loggedModels)
      .where(
        and(eq(loggedModels.id, owner), eq(loggedModels.workspaceId, workspaceId), eq(loggedModels.artifactUri, root)),
      );
    if (model) return { key, modelId: model.id, isDeleted: model.deletedAt !== null };
  }
  throw new DomainError("not-found", "No run or logged model keeps its artifacts there.");
}

/**
 * Path below mlflow-artifacts:/ of something in the root of a run or model; undefined when its artifacts are kept elsewhere.
 * @param path below the root; "" is the root. @throws DomainError "invalid" for a path that is none.
 */
export function pathInRoot(artifactUri: string, path: string): string | undefined {
  const segments = parseArtifactPath(path);
  if (!artifactUri.startsWith(ownScheme)) return undefined;
  return [artifactUri.slice(ownScheme.length), ...segments].join("/");
}
