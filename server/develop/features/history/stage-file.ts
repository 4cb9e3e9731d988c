import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

/** Files that are copied at a time: one is read while another is hashed. */
const maxStaged = 4;
const chunkBytes = 2 ** 20;

/**
 * Copies stored files to a scratch folder, several at a time. After a failure nothing is copied any more.
 * @throws as stageFile, the first failure
 */
export async function stageFiles(
  artifacts: ArtifactStore,
  files: readonly { file: { artifactKey: string; sha256: string }; path: string }[],
  signal?: AbortSignal,
): Promise<void> {
  const rest = files.values();
  const failed = new AbortController();
  const ends = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const copy = async () => {
    for (const { file, path } of rest) {
      if (failed.signal.aborted) return;
      await stageFile(artifacts, file, path, ends).catch((error: unknown) => failed.abort(error));
    }
  };
  await Promise.all(Array.from({ length: maxStaged }, copy));
  failed.signal.throwIfAborted();
}

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
  await pipeline(await artifacts.open(artifactKey), hashed, createWriteStream(path, { highWaterMark: chunkBytes }), {
    ...(signal && { signal }),
  });
  if (hash.digest("hex") === sha256) return;
  throw new DomainError("unavailable", `The file ${artifactKey} has changed since it was stored.`);
}
