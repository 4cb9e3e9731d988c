import { Readable } from "node:stream";
import { DomainError } from "#server/errors.ts";

/** Passes a stream on, up to a number of bytes; beyond, it fails with "too-large". */
export function bounded(body: Readable, maxBytes: number): Readable {
  async function* counted(): AsyncGenerator<Buffer> {
    let bytes = 0;
    // Destroying a request would close its connection, and the answer could not be sent.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        const limit = `${Math.floor(maxBytes / 2 ** 20).toLocaleString("en")} MiB`;
        throw new DomainError("too-large", `The file is larger than ${limit}, the limit set by MAX_UPLOAD_BYTES.`);
      }
      yield chunk;
    }
  }
  return Readable.from(counted());
}
