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
  /** Adds a file and resolves when it was written. Only one at a time. */
  add(path: string, content: AsyncIterable<Uint8Array | string>, isCompressible: boolean): Promise<ArchivedFile>;
  /** Writes the list of files; nothing may be added after. */
  end(): void;
  /** Breaks the zip off, so that nobody takes the part for the whole. */
  fail(error: Error): void;
}

/** A new, empty archive. @param onBytes told how many bytes went through, again and again. */
export function newArchive(onBytes: (count: number) => void): Archive {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.outputStream.on("data", (chunk: Buffer) => onBytes(chunk.length));
  (zip.outputStream as Readable).pipe(output);
  // Whoever reads it hears of a failure, and so does whoever adds; with neither at the moment, it must not end the process.
  output.on("error", () => undefined);
  zip.on("error", (error: Error) => output.destroy(error));

  function add(
    path: string,
    content: AsyncIterable<Uint8Array | string>,
    isCompressible: boolean,
  ): Promise<ArchivedFile> {
    if (output.errored) return Promise.reject(output.errored);
    const { promise, resolve, reject } = Promise.withResolvers<ArchivedFile>();
    const hash = createHash("sha256");
    let sizeBytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of content) {
        const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
        hash.update(bytes);
        sizeBytes += bytes.length;
        yield bytes;
      }
      resolve({ path, sizeBytes, sha256: hash.digest("hex") });
    }
    const body = Readable.from(counted(), { objectMode: false });
    body.on("error", reject);
    // Sizes are not known before the end, so that every file must be able to be large.
    const options = { compress: isCompressible, forceZip64Format: true, mtime: new Date() };
    zip.addReadStreamLazy(path, options, (give) => give(null, body));
    output.once("error", reject);
    return promise.finally(() => output.off("error", reject));
  }

  return { output, add, end: () => zip.end(), fail: (error) => output.destroy(error) };
}

/** Objects as lines of JSON. */
export async function* jsonLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}
