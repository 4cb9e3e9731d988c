import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type Archive, newArchive } from "#server/base/zip/archive.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type BundleManifest, manifestPath, sealPath } from "./contract.ts";
import { storedKey } from "./model-files.ts";

/** All that a bundle is written from. */
export interface BundleSource {
  artifactKey: string;
  manifest: BundleManifest;
  /** As it was signed. */
  manifestText: string;
  /** 64 bytes. */
  seal: Uint8Array;
  /** Companion files, which are not files of the model, by path. */
  texts: ReadonlyMap<string, string>;
}

/**
 * Writes a bundle: the manifest and its seal first, which tells streaming readers what to expect, then the other files in order of path.
 * Nothing is compressed because weights do not shrink.
 * @throws Error if a file does not match the manifest
 */
export async function writeBundle(
  artifacts: Pick<ArtifactStore, "open">,
  archive: Archive,
  { artifactKey, manifest, manifestText, seal, texts }: BundleSource,
): Promise<void> {
  const text = Buffer.from(manifestText);
  await archive.add(manifestPath, Readable.from([text]), false, text.length);
  await archive.add(sealPath, Readable.from([seal]), false, seal.length);
  for (const file of manifest.files) {
    const own = texts.get(file.path);
    const body =
      own === undefined ? await artifacts.open(storedKey(artifactKey, file)) : Readable.from([Buffer.from(own)]);
    const { sha256 } = await archive.add(file.path, body, false, file.sizeBytes);
    if (sha256 !== file.sha256) throw new Error(`The file ${file.path} of a bundle is not the one that was sealed.`);
  }
  archive.end();
}

/** Returns size and SHA-256 of a bundle, by writing it without storing it. */
export async function measureBundle(
  artifacts: Pick<ArtifactStore, "open">,
  source: BundleSource,
): Promise<{ sizeBytes: number; sha256: string }> {
  const archive = newArchive({ isTimeless: true });
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const written = writeBundle(artifacts, archive, source).catch((error: Error) => {
    archive.fail(error);
    throw error;
  });
  const read = async () => {
    for await (const chunk of archive.output) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
  };
  await Promise.all([written, read()]);
  return { sizeBytes, sha256: hash.digest("hex") };
}
