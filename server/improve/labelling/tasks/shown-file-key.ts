import { artifactKey, parseArtifactPath } from "#server/platform/artifacts/artifact-key.ts";
import type { ShownFile } from "../contract.ts";

/**
 * Returns the key of a file that a task shows; undefined for one that is none of a task.
 * @throws DomainError "invalid" for a path that climbs
 */
export function shownFileKey(workspaceId: string, { artifact }: Pick<ShownFile, "artifact">): string | undefined {
  const named = parseArtifactPath(artifact);
  // Data of imported tasks come from outside, and so may a path in them: it is below the workspace, whatever it says.
  const path = named[0] === workspaceId ? named.slice(1) : named;
  // Whoever adds tasks names any path, and may not read models or datasets by it.
  return path[0] === "labels" ? artifactKey(workspaceId, path) : undefined;
}
