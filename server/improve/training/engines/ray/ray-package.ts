import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { ZipFile } from "yazl";
import { DomainError } from "#server/base/errors.ts";

/** Name of the wrapper at the top of the package, where the entrypoint starts it. */
export const wrapperName = "leeway_run.py";
/** Of a package's files together, unpacked: far above what Ray takes. */
const maxBytes = 2 ** 31;
const maxFiles = 100_000;
/** Names a way of packing; another one needs other names, as nodes keep what they unpacked. */
const layout = 2;

interface RayPackage {
  /** Without ".zip". Equal contents have the same name. */
  name: string;
  /** Makes the zip, hands it over, and removes it. */
  build(use: (file: { path: string; sizeBytes: number }) => Promise<void>): Promise<void>;
}

/**
 * The package that a launch starts from: the wrapper, and the files of the job's own package beside it. Ray unpacks it into a folder that
 * all jobs with the same package on a node share, so it is named by what it holds.
 */
export async function rayPackage(
  wrapper: string,
  archive: { path: string; sha256: string } | null,
): Promise<RayPackage> {
  const digest = createHash("sha256")
    .update(`${layout}\n`)
    .update(await readFile(wrapper));
  const name = `leeway-${digest
    .update(`\n${archive?.sha256 ?? ""}`)
    .digest("hex")
    .slice(0, 40)}`;
  return {
    name,
    async build(use) {
      const folder = await mkdtemp(join(tmpdir(), "leeway-ray-package-"));
      try {
        const path = join(folder, "package.zip");
        const zip = new ZipFile();
        const written = pipeline(zip.outputStream as Readable, createWriteStream(path));
        // Whatever fails while files are added also ends the writing; the first failure is the one that is thrown.
        written.catch(() => undefined);
        zip.addFile(wrapper, wrapperName);
        if (archive) await addFiles(zip, archive.path, written);
        else {
          zip.end();
          await written;
        }
        await use({ path, sizeBytes: (await stat(path)).size });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Copies the files of a zip; what anyone may execute stays so, and a link becomes a file. @throws DomainError "invalid" for what is no zip */
async function addFiles(zip: ZipFile, path: string, written: Promise<void>): Promise<void> {
  const source = await openPromise(path, { autoClose: false }).catch(damaged);
  try {
    let [bytes, files] = [0, 0];
    for await (const entry of source.eachEntry()) {
      bytes += entry.uncompressedSize;
      files += 1;
      if (bytes > maxBytes || files > maxFiles) {
        throw new DomainError("too-large", "The package has too many files, or is too large.", { field: "packageKey" });
      }
      if (entry.fileName.endsWith("/") || entry.fileName === wrapperName) continue;
      const isExecutable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
      const options = { size: entry.uncompressedSize, mode: isExecutable ? 0o100755 : 0o100644 };
      zip.addReadStreamLazy(entry.fileName, options, (give) => {
        source.openReadStreamPromise(entry).then(
          (stream) => give(null, stream),
          (error: unknown) => give(error, undefined as never),
        );
      });
    }
    zip.end();
    await written;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    damaged(error);
  } finally {
    source.close();
  }
}

function damaged(cause: unknown): never {
  throw new DomainError("invalid", "The package is not a complete zip file.", { field: "packageKey", cause });
}
