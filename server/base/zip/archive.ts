import { createHash } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";

/** A file of an archive as its manifest names it. */
export interface ArchivedFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** A zip that is written file by file, as it is read at the other end. */
export interface Archive {
  /** The zip itself, to be read while files are added. */
  output: Readable;
  /**
   * Adds a file and resolves when it was written. Only one at a time.
   * @param sizeBytes of the content; unknown, every reader must know zip64, since the file may turn out to be large
   * @throws when the content has another size, or the archive breaks off
   */
  add(
    path: string,
    content: AsyncIterable<Uint8Array | string>,
    isCompressible: boolean,
    sizeBytes?: number,
  ): Promise<ArchivedFile>;
  /** Writes the list of files; nothing may be added after. */
  end(): void;
  /** Aborts the zip, so that no reader mistakes a part for the complete file. */
  fail(error: Error): void;
}

const left = "The archive is no longer read.";

interface ArchiveOptions {
  /** Called repeatedly with the number of bytes that went through. */
  onBytes?: (count: number) => void;
  /** Omits file times, so that equal files produce an equal archive. */
  isTimeless?: boolean;
}

/** Earliest time that a zip can hold, on the clock of this machine, because zips are written in local time. */
const noTime = new Date(1980, 0, 1);

/** Creates an empty archive. */
export function newArchive({ onBytes, isTimeless = false }: ArchiveOptions = {}): Archive {
  const zip = new ZipFile();
  const output = new PassThrough();
  if (onBytes) zip.outputStream.on("data", (chunk: Buffer) => onBytes(chunk.length));
  (zip.outputStream as Readable).pipe(output);
  // A failure reaches the reader and the caller of add(); with neither at the moment, it must not end the process.
  output.on("error", () => undefined);
  zip.on("error", (error: Error) => output.destroy(error));

  function add(
    path: string,
    content: AsyncIterable<Uint8Array | string>,
    isCompressible: boolean,
    knownBytes?: number,
  ): Promise<ArchivedFile> {
    if (output.destroyed) return Promise.reject(output.errored ?? new Error(left));
    const { promise, resolve, reject } = Promise.withResolvers<ArchivedFile>();
    const hash = createHash("sha256");
    let sizeBytes = 0;
    async function* countBytes(): AsyncGenerator<Uint8Array> {
      for await (const piece of content) {
        const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
        hash.update(bytes);
        sizeBytes += bytes.length;
        yield bytes;
      }
      resolve({ path, sizeBytes, sha256: hash.digest("hex") });
    }
    const body = Readable.from(countBytes(), { objectMode: false });
    body.on("error", reject);
    const size = knownBytes === undefined ? { forceZip64Format: true } : { size: knownBytes };
    const time = isTimeless ? { mtime: noTime, forceDosTimestamp: true } : { mtime: new Date() };
    zip.addReadStreamLazy(path, { compress: isCompressible, ...size, ...time }, (give) => give(null, body));
    // The reader may leave: then nothing requests more of the content, and its file would stay open.
    const stop = () => {
      body.destroy();
      reject(output.errored ?? new Error(left));
    };
    output.once("close", stop);
    return promise.finally(() => output.off("close", stop));
  }

  return { output, add, end: () => zip.end(), fail: (error) => output.destroy(error) };
}
