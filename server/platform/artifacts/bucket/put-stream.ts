import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { log } from "#server/base/log.ts";
import { once } from "../replacement.ts";
import type { Replacement, StoredBytes } from "../store.ts";
import type { Bucket } from "./bucket.ts";

/** Above the 5 MiB that a part must have. */
const partBytes = 8 * 2 ** 20;
/** S3 takes 10,000 parts. So that any file fits, each thousand parts are twice as large as those before. */
const partsOfOneSize = 1000;

/**
 * Stores a stream of any length with the memory of two parts: one that arrives while the other is sent. The object is there when all of
 * it has arrived, or not at all.
 */
export async function putStream(
  bucket: Bucket,
  key: string,
  body: Readable,
  replacement: Replacement,
): Promise<StoredBytes> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* countBytes(): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  const parts = inParts(countBytes());
  let stored: StoredBytes | undefined;
  const finish = async (replace: () => Promise<void>) => {
    stored = { sizeBytes, sha256: hash.digest("hex") };
    await replacement(stored, once(replace));
  };
  const first = (await parts.next()).value ?? Buffer.alloc(0);
  if (first.length < partBytes) {
    await finish(async () => {
      await bucket.client.send(new PutObjectCommand({ ...bucket.object(key), Body: first }));
    });
  } else await putParts(bucket, key, { first, rest: parts, finish });
  if (!stored) throw new Error("The stream was not stored.");
  return stored;
}

interface Parts {
  first: Buffer;
  rest: AsyncGenerator<Buffer>;
  /** Makes the object of the parts, when all have arrived. */
  finish(replace: () => Promise<void>): Promise<void>;
}

async function putParts(bucket: Bucket, key: string, { first, rest, finish }: Parts): Promise<void> {
  const object = bucket.object(key);
  const { UploadId } = await bucket.client.send(new CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  const sent: { PartNumber: number; ETag: string | undefined }[] = [];
  const send = async (Body: Buffer) => {
    const PartNumber = sent.length + 1;
    const { ETag } = await bucket.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    sent.push({ PartNumber, ETag });
  };
  let sending = send(first);
  try {
    for (;;) {
      const [next] = await Promise.all([rest.next(), sending]);
      if (next.done) break;
      sending = send(next.value);
    }
    let isReplaced = false;
    await finish(async () => {
      await bucket.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: sent } }));
      isReplaced = true;
    });
    if (!isReplaced) await bucket.client.send(new AbortMultipartUploadCommand(upload));
  } catch (error) {
    // A part still in flight would outlive the abort.
    await sending.catch(() => {});
    await rest.return(undefined);
    await bucket.client.send(new AbortMultipartUploadCommand(upload)).catch((cause: unknown) => {
      // abortOlder takes it later.
      log.warn("upload.not-aborted", { key, reason: String(cause) });
    });
    throw error;
  }
}

/**
 * Yields the bytes of a stream in parts of equal size, of which only the last may be smaller. Yields nothing for an empty stream. A part
 * lies in the memory of the one before the last: copies that wait for the collector would cost several times as much.
 */
async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let [part, other]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  let number = 0;
  let filled = 0;
  for await (const chunk of chunks) {
    const size = partBytes * 2 ** Math.floor(number / partsOfOneSize);
    for (let from = 0; from < chunk.length; ) {
      part = withRoom(part, Math.min(size, filled + chunk.length - from), size);
      const copied = chunk.copy(part, filled, from, from + Math.min(chunk.length - from, size - filled));
      from += copied;
      filled += copied;
      if (filled < size) continue;
      yield part;
      number += 1;
      filled = 0;
      [part, other] = [other, part];
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** Returns memory of at least `bytes` with what is in it, at least twice as large as before: most files are smaller than a part. */
function withRoom(memory: Buffer, bytes: number, max: number): Buffer {
  if (memory.length >= bytes) return memory;
  return Buffer.concat([memory], Math.min(max, Math.max(bytes, 2 * memory.length)));
}
