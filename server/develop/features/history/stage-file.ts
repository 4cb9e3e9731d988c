import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

/**
 * Copies a stored file to a scratch folder, where the engine can read it.
 * @throws DomainError "unavailable" if its bytes are not those that were recorded
 */
export async function stageFile(
  artifacts: ArtifactStore,
  { artifactKey, sha256 }: { artifactKey: string; sha256: string },
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash("sha256");
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(await artifacts.open(artifactKey), hashed, createWriteStream(path), { ...(signal && { signal }) });
  if (hash.digest("hex") === sha256) return;
  throw new DomainError("unavailable", `The file ${artifactKey} has changed since it was stored.`);
}
