import type { Readable } from "node:stream";
import { maskedCrc32c } from "./crc32c.ts";

/** Larger records hold pictures or graphs, and no scalars. */
const maxBytes = 64 * 2 ** 20;
const headBytes = 12;
const tailBytes = 4;

/** Reason why a file was not read to its end. */
export type RecordEnd = "cut-off" | "damaged" | undefined;

/**
 * Yields the records of a file in TensorFlow's format: length, checksum of the length, data, checksum of the data. A file that is still
 * being written ends in the middle of one; complete records are yielded, and the kind of end is returned.
 */
export async function* recordsOf(input: Readable): AsyncGenerator<Buffer, RecordEnd> {
  const bytes = new ByteQueue(input);
  try {
    for (;;) {
      const head = await bytes.take(headBytes);
      if (head === undefined) return bytes.isEmpty ? undefined : "cut-off";
      if (maskedCrc32c(head.subarray(0, 8)) !== head.readUInt32LE(8)) return "damaged";
      const length = Number(head.readBigUInt64LE(0));
      if (length > maxBytes) {
        if (!(await bytes.skip(length + tailBytes))) return "cut-off";
        continue;
      }
      const data = await bytes.take(length);
      const tail = data && (await bytes.take(tailBytes));
      if (!data || !tail) return "cut-off";
      if (maskedCrc32c(data) !== tail.readUInt32LE(0)) return "damaged";
      yield data;
    }
  } finally {
    input.destroy();
  }
}

/** A stream, taken in pieces of any length. */
class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(input: Readable) {
    this.#chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Takes a number of bytes; undefined when the stream ends before. */
  async take(length: number): Promise<Buffer | undefined> {
    while (this.#length < length) if (!(await this.#more())) return undefined;
    const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#keep(all.subarray(length));
    return all.subarray(0, length);
  }

  /** Passes so many bytes over; false when the stream ends before. */
  async skip(length: number): Promise<boolean> {
    let left = length - this.#length;
    const all = Buffer.concat(this.#parts);
    this.#keep(all.subarray(Math.min(length, all.length)));
    while (left > 0) {
      this.#keep(Buffer.alloc(0));
      if (!(await this.#more())) return false;
      const [chunk = Buffer.alloc(0)] = this.#parts;
      this.#keep(chunk.subarray(Math.min(left, chunk.length)));
      left -= chunk.length;
    }
    return true;
  }

  #keep(rest: Buffer): void {
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#parts.push(next.value);
    this.#length += next.value.length;
    return true;
  }
}
