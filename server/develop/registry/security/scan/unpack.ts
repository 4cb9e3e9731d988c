import { randomUUID } from "node:crypto";
import { closeSync, createWriteStream, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileSource } from "../../onnx/byte-sources.ts";
import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";
import type { Scanning } from "./scanning.ts";

const maxUnpacked = 2 ** 30;
const chunkBytes = 2 ** 18;

/** Size and multiple of the compressed size beyond which a file counts as a decompression bomb. */
export const bomb = { bytes: 256 * 2 ** 20, ratio: 100 };

/** Returns the bytes of a source as a stream. */
export function streamOf(source: ByteSource, start = 0, end = source.sizeBytes): Readable {
  return Readable.from(
    (function* () {
      for (let from = start; from < end; from += chunkBytes)
        yield Buffer.from(source.read(from, Math.min(from + chunkBytes, end)));
    })(),
  );
}

interface Packed {
  name: string;
  /** Stream of the unpacked bytes. */
  body: Readable;
  packedBytes: number;
}

/** Reason why unpacking was stopped. */
class LimitExceeded extends Error {
  readonly isBomb: boolean;

  constructor(isBomb: boolean) {
    super("an unknown size");
    this.isBomb = isBomb;
  }
}

/**
 * Unpacks to a temporary file, up to the limits, and passes it to `work`.
 * @throws any error that the unpacker throws for broken bytes
 */
export async function withUnpacked(
  scanning: Scanning,
  { name, body, packedBytes }: Packed,
  work: (source: ByteSource) => Promise<Finding[]>,
): Promise<Finding[]> {
  const path = join(scanning.folder, randomUUID());
  try {
    await pipeline(body, bounded(scanning, packedBytes), createWriteStream(path));
  } catch (error) {
    rmSync(path, { force: true });
    if (error instanceof LimitExceeded) return [tooMuch(name, error)];
    throw error;
  }
  const descriptor = openSync(path, "r");
  try {
    return await work(fileSource(descriptor));
  } finally {
    closeSync(descriptor);
    rmSync(path, { force: true });
  }
}

function bounded(scanning: Scanning, packedBytes: number) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      scanning.unpackLeft -= chunk.length;
      if (sizeBytes > bomb.bytes && sizeBytes > packedBytes * bomb.ratio) throw new LimitExceeded(true);
      if (sizeBytes > maxUnpacked || scanning.unpackLeft < 0) throw new LimitExceeded(false);
      if (performance.now() > scanning.deadlineAt) throw new LimitExceeded(false);
      yield chunk;
    }
  };
}

function tooMuch(file: string, { isBomb }: LimitExceeded): Finding {
  if (isBomb) return bombIn(file, "more than a hundred times its size");
  const words = "Decompressed size or time exceeds the limit; not scanned.";
  return { file, rule: "not-looked-at", severity: "unread", words };
}

/** Returns the finding for a decompression bomb. */
export function bombIn(file: string, size: string): Finding {
  const words = `Decompression bomb: it expands to ${size}.`;
  return { file, rule: "zip-bomb", severity: "dangerous", words };
}
