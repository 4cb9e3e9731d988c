import { ownPath } from "./own-path.ts";

/** Location of a version's files. */
export interface VersionLocation {
  /** "model version 3", for messages. */
  label: string;
  storageLocation: string;
  artifactKey: string | null;
}

/**
 * Returns whether a version's files may be in a folder, or the folder in them. True when in doubt: "runs:/<id>/…" of a deleted run is
 * recognised by the id in the folder's path.
 * @param path of the folder, without the workspace.
 */
export function isLocationIn(location: Omit<VersionLocation, "label">, workspaceId: string, path: string): boolean {
  const inside = (other: string) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`);
  if (location.artifactKey && inside(location.artifactKey.slice(workspaceId.length + 1))) return true;
  const own = ownPath(location.storageLocation);
  if (own !== undefined) return inside(own);
  const [, runId] = /^runs:\/+([^/]+)/.exec(location.storageLocation) ?? [];
  return runId !== undefined && path.split("/").includes(runId);
}
