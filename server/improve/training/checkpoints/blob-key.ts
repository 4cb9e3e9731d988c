import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";

/** Returns the key of a file of the checkpoints of a job. Its name is its digest, so a file of several checkpoints is stored once. */
export function blobKey(workspaceId: string, jobId: string, sha256: string): string {
  return artifactKey(workspaceId, ["training", jobId, "blobs", sha256]);
}
