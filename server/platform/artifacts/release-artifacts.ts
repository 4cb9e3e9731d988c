import { sql } from "drizzle-orm";
import { artifactReleases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { artifactKey } from "./artifact-key.ts";
import { ownPath } from "./own-path.ts";

/**
 * Releases folders, in the caller's transaction, that have lost their owner: a run or model that was permanently deleted. A job deletes
 * their files once nothing else refers to them. Skips folders outside Leeway, such as "/mnt/runs", which clients may name; a folder released
 * twice counts once.
 * @param folders as "mlflow-artifacts:/1/<run>/artifacts", or the same as a path.
 */
export async function releaseArtifacts(ctx: Context, folders: readonly string[]): Promise<void> {
  const { workspaceId, name: releasedBy } = ctx.actor;
  const paths = folders.map((folder) => ownPath(folder.includes(":") ? folder : `mlflow-artifacts:/${folder}`));
  // A single name is an experiment, or the folder of all uploads, and is never released completely.
  const prefixes = paths
    .filter((path) => path?.includes("/"))
    .map((path) => artifactKey(workspaceId, (path ?? "").split("/")));
  const rows = [...new Set(prefixes)].map((prefix) => ({
    workspaceId,
    prefix,
    cause: "released" as const,
    releasedBy,
    removeAfter: sql`now()`,
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await ctx.db
      .insert(artifactReleases)
      .values(rows.slice(start, start + 1000))
      .onConflictDoNothing();
  }
}
