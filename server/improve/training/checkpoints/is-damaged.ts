import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { CheckpointFile } from "../contract.ts";
import { blobKey } from "./blob-key.ts";

/** What checking the files of a checkpoint asks of a store. */
export type CheckedStore = Pick<ArtifactStore, "stat" | "open" | "list" | "check">;

interface OfJob {
  workspaceId: string;
  jobId: string;
}

/**
 * Reads the files of a checkpoint until one has another size or SHA-256 than it was stored with. A missing one counts as damaged only where the
 * store can be written and has other files of the job: a folder that is not mounted has none, and has lost none. docs/spec/training.md section 16.
 * @throws Error of a store that cannot be read
 */
export async function isDamaged(
  job: OfJob,
  files: readonly CheckpointFile[],
  artifacts: CheckedStore,
): Promise<boolean> {
  for (const file of files) {
    const found = await stateOf(blobKey(job.workspaceId, job.jobId, file.sha256), file, artifacts);
    if (found === "changed" || (found === "missing" && (await isInOrder(job, artifacts)))) return true;
  }
  return false;
}

async function stateOf(
  key: string,
  { sizeBytes, sha256 }: CheckpointFile,
  artifacts: CheckedStore,
): Promise<"equal" | "changed" | "missing"> {
  try {
    if ((await artifacts.stat(key)).sizeBytes !== sizeBytes) return "changed";
    const hash = createHash("sha256");
    await pipeline(await artifacts.open(key), hash);
    return hash.digest("hex") === sha256 ? "equal" : "changed";
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") return "missing";
    throw error;
  }
}

async function isInOrder({ workspaceId, jobId }: OfJob, artifacts: CheckedStore): Promise<boolean> {
  await artifacts.check();
  return (await artifacts.list(artifactKey(workspaceId, ["training", jobId, "blobs"]))).length > 0;
}
