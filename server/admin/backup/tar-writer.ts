import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import { type Pack, pack } from "tar-stream";
import { partBytes } from "./format.ts";

const compress = promisify(zstdCompress);
type Sink = ReturnType<Pack["entry"]>;

/** Writes the entries of a backup one after another. Holds at most three parts in memory, and waits for the output. */
export class TarWriter {
  private readonly tar: Pack = pack();
  private readonly written: Promise<void>;

  constructor(output: Writable, signal: AbortSignal) {
    this.written = pipeline(this.tar, output, { signal });
    this.written.catch(() => {});
  }

  /** Adds an entry from memory. */
  async add(name: string, content: Buffer): Promise<void> {
    await this.addEntry(name, content.length, (entry) => entry.end(content));
  }

  /**
   * Adds rows as compressed parts of a folder. The next part is compressed while one is written.
   * @param chunks of any size
   */
  async addParts(folder: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    let number = 0;
    let writing = Promise.resolve();
    for await (const part of inParts(chunks)) {
      const compressed = compress(part);
      compressed.catch(() => {});
      await writing;
      const name = partName(folder, ++number);
      writing = compressed.then((content) => this.add(name, content));
      writing.catch(() => {});
    }
    await writing;
  }

  /** Adds one compressed part. @param number from 1 */
  async addPart(folder: string, number: number, content: Buffer): Promise<void> {
    await this.add(partName(folder, number), await compress(content));
  }

  /** Adds a file of known size. @throws when the content has another size. */
  async addFile(name: string, sizeBytes: number, content: Readable): Promise<void> {
    await this.addEntry(name, sizeBytes, (entry) => pipeline(content, entry));
  }

  private async addEntry(name: string, size: number, fill: (entry: Sink) => unknown): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    try {
      const entry = this.tar.entry({ name, size, mode: 0o600 }, (error) => (error ? reject(error) : resolve()));
      entry.on("error", reject);
      await fill(entry);
      await promise;
    } catch (error) {
      // An output that fails destroys the entry; its own error says why.
      if (this.tar.destroyed) await this.written;
      throw error;
    }
  }

  /** Ends the file. Resolves when the output has all of it. */
  async end(): Promise<void> {
    this.tar.finalize();
    await this.written;
  }

  /** Stops writing; the output ends with an error. */
  async abort(error: Error): Promise<void> {
    this.tar.destroy(error);
    await this.written.catch(() => {});
  }
}

/** Name of a part, from 1. */
export function partName(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(6, "0")}.zst`;
}

async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [pieces, size]: [Buffer[], number] = [[], 0];
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const piece = rest.subarray(0, partBytes - size);
      rest = rest.subarray(piece.length);
      pieces.push(piece);
      size += piece.length;
      if (size < partBytes) continue;
      yield Buffer.concat(pieces, size);
      [pieces, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(pieces, size);
}
