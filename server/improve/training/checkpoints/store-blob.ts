import { Readable } from "node:stream";
import type { Database } from "#db/client.ts";
import { DomainError } from "#server/base/errors.ts";
import { bounded } from "#server/platform/artifacts/receive-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type AttemptCaller, holdAttempt, readAsAttempt } from "../attempts/hold-attempt.ts";
import { blobKey } from "./blob-key.ts";
import { isTornOnPurpose } from "./is-torn-on-purpose.ts";

/**
 * Stores a file of a checkpoint, as it arrives. It becomes a file only if it has the digest that it is named by, and the attempt is still valid
 * then. @returns false when it has another digest @throws as holdAttempt; DomainError "too-large"
 */
export async function storeBlob(
  db: Database,
  caller: AttemptCaller,
  { sha256, body }: { sha256: string; body: Readable },
  { artifacts, maxBytes }: { artifacts: ArtifactStore; maxBytes: number },
): Promise<boolean> {
  const { workspaceId } = await readAsAttempt(db, caller);
  let isSame = false;
  await artifacts.put(blobKey(workspaceId, caller.jobId, sha256), bounded(body, maxBytes), async (stored, replace) => {
    isSame = stored.sha256 === sha256;
    // A gigabyte may have taken minutes, in which another attempt took its place.
    await holdAttempt(db, caller, async () => {
      if (isSame) await replace();
    });
  });
  return isSame;
}

/**
 * Opens a file of a checkpoint for the wrapper that restores it; half of it where a game day tears it.
 * @throws DomainError "not-found"
 */
export async function openBlob(
  db: Database,
  caller: AttemptCaller,
  { sha256, artifacts }: { sha256: string; artifacts: Pick<ArtifactStore, "stat" | "open"> },
) {
  const attempt = await readAsAttempt(db, caller, { ranks: true });
  const key = blobKey(attempt.workspaceId, caller.jobId, sha256);
  const stored = await artifacts.stat(key).catch((error: unknown) => {
    const isMissing = error instanceof DomainError && error.code === "not-found";
    throw isMissing ? new DomainError("not-found", "This file is not stored.") : error;
  });
  const sizeBytes = (await isTornOnPurpose(db, attempt, sha256)) ? Math.floor(stored.sizeBytes / 2) : stored.sizeBytes;
  const all = { start: 0, end: sizeBytes - 1 };
  return {
    name: sha256,
    etag: sha256,
    sizeBytes,
    open: async (range = all) => (sizeBytes === 0 ? Readable.from([]) : artifacts.open(key, range)),
  };
}
