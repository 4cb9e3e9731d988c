import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDiskFull } from "#db/disk-full.ts";
import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import { passesOn } from "./request-pieces.ts";

/**
 * Writes an upload to a path of this machine's disk, as it arrives.
 * @throws DomainError "too-large" beyond `maxBytes`, "invalid" when the sender left before the end, "unavailable" when the disk is full.
 */
export async function receiveFile(body: Readable, path: string, maxBytes: number): Promise<void> {
  try {
    await pipeline(bounded(body, maxBytes), createWriteStream(path));
  } catch (error) {
    throw uploadError(error);
  }
}

/** Translates the error of an interrupted upload, or of one without enough space, for the sender; returns any other error unchanged. */
export function uploadError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    return new DomainError("invalid", "The upload was interrupted. Upload the file again.", {
      cause: error,
    });
  }
  if (isDiskFull(error)) {
    const words = "The upload disk is full. Free up space and upload the file again.";
    return new DomainError("unavailable", words, { cause: error, retryAfterSeconds: 60 });
  }
  return error;
}

/** Passes a stream on, up to a number of bytes; beyond, it fails with DomainError "too-large". */
export function bounded(body: Readable, maxBytes: number): Readable {
  async function* counting(): AsyncGenerator<Buffer> {
    let sizeBytes = 0;
    // Destroying a request would close its connection, and the response could not be sent.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  }
  return passesOn(Readable.from(counting()), body);
}

/** Returns the error for a file that exceeds the installation's limit. */
export function tooLarge(maxBytes: number): DomainError {
  const limit = mebibytes(maxBytes);
  return new DomainError("too-large", `The file exceeds the limit of ${limit} (MAX_UPLOAD_BYTES).`);
}
