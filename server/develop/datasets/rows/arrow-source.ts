import type { Readable } from "node:stream";
import { UnreadableFile } from "./rows.ts";

/** Maximum size of a batch: it is held in memory as a unit, decompressed. */
export const maxBatchBytes = 512 * 2 ** 20;

/** A stored file: its size, and its bytes from `start` to `end` (inclusive), or all. */
export interface StoredBytes {
  sizeBytes: number;
  open(range?: { start: number; end: number }): Promise<Readable>;
}

const windowBytes = 64 * 2 ** 10;

/** Emulates a file on disk for apache-arrow: a part of node:fs's FileHandle. */
export function asFileHandle({ sizeBytes, open }: StoredBytes) {
  let window = { start: 0, bytes: Buffer.alloc(0) };
  const fetch = async (start: number, length: number) => {
    const end = Math.min(sizeBytes, start + length);
    return end <= start ? Buffer.alloc(0) : Buffer.concat(await (await open({ start, end: end - 1 })).toArray());
  };
  return {
    fd: -1,
    stat: async () => ({ size: sizeBytes }),
    close: async () => {},
    /** Serves small reads, such as the length of a message, from one window. */
    read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
      if (length > maxBatchBytes) throw tooLargeBatch();
      const isInWindow = () => position >= window.start && position + length <= window.start + window.bytes.length;
      if (length < windowBytes && !isInWindow())
        window = { start: position, bytes: await fetch(position, windowBytes) };
      const bytes = isInWindow()
        ? window.bytes.subarray(position - window.start, position - window.start + length)
        : await fetch(position, length);
      buffer.set(bytes, offset);
      return { bytesRead: bytes.length, buffer };
    },
  };
}

/** Returns the error for a batch that exceeds the memory limit. */
function tooLargeBatch(): UnreadableFile {
  return new UnreadableFile(
    "The file has a record batch larger than 512\u00a0MiB. Use smaller batches, for example chunksize=100_000.",
  );
}

/** Passes bytes on as long as at most one batch's bytes are requested at a time. `taken` marks a batch as complete. */
export function boundedStream(body: Readable): { bytes: AsyncIterable<Uint8Array>; onTaken(): void } {
  let sinceBatch = 0;
  async function* bytes() {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sinceBatch += chunk.length;
      if (sinceBatch > maxBatchBytes) throw tooLargeBatch();
      yield chunk;
    }
  }
  return { bytes: bytes(), onTaken: () => (sinceBatch = 0) };
}
