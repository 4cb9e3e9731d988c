import { ownPath } from "./own-path.ts";

/** What a version says about where its files are. */
export interface VersionLocation {
  /** "model version 3", for messages. */
  label: string;
  storageLocation: string;
  artifactKey: string | null;
}

/**
 * Whether a version's files may be in a folder, or the folder in them. When in doubt they are: "runs:/<id>/…" of a run that is gone is
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
