import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { freePieces } from "./request-pieces.ts";
import type { StoredBytes } from "./store.ts";

/** Bytes of one write. What arrives from a network comes in pieces of 64 KiB, and a call for each takes longer than its write. */
const writeBytes = 2 ** 20;
/** Bytes after which the disk begins with what is there, so that it works while the rest arrives, and little is left to wait for in the end. */
const syncBytes = 2 ** 26;

/**
 * Writes a stream to a new file and computes its digest. Once it resolves, the bytes are on the disk. It holds some mebibytes of them at most.
 * @param path of a file that there is not
 */
export async function writeDurably(body: Readable, path: string): Promise<StoredBytes> {
  const file = await open(path, "wx");
  try {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    let parts: Buffer[] = [];
    let gathered = 0;
    /** The write before: while the disk takes it, the next bytes arrive. */
    let writing = Promise.resolve();
    let unsynced = 0;
    let syncing: Promise<void> | undefined;
    /** A failed sync forgets what it could not write, so a later one may succeed without it. */
    let failed: { cause: unknown } | undefined;
    const flush = async () => {
      const [own, bytes] = [parts, gathered];
      parts = [];
      gathered = 0;
      await writing;
      if (failed) throw failed.cause;
      writing = writeAll(file, own).then(() => freePieces(body, own));
      // Whoever awaits it next finds the error.
      writing.catch(() => {});
      unsynced += bytes;
      if (unsynced < syncBytes || syncing) return;
      unsynced = 0;
      syncing = file
        .datasync()
        .catch((cause: unknown) => {
          failed = { cause };
        })
        .finally(() => {
          syncing = undefined;
        });
    };
    for await (const chunk of body as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      hash.update(bytes);
      sizeBytes += bytes.length;
      parts.push(bytes);
      gathered += bytes.length;
      if (gathered >= writeBytes) await flush();
    }
    await flush();
    await writing;
    await syncing;
    if (failed) throw (failed as { cause: unknown }).cause;
    await file.sync();
    return { sizeBytes, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, parts: readonly Buffer[]): Promise<void> {
  let rest = parts.filter(({ length }) => length > 0);
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest);
    // A disk that is nearly full takes a part, and refuses the rest.
    rest = rest.flatMap((part) => {
      const taken = Math.min(bytesWritten, part.length);
      bytesWritten -= taken;
      return taken === part.length ? [] : [part.subarray(taken)];
    });
  }
}
