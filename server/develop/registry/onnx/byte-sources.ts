import { fstatSync, readSync } from "node:fs";
import type { ByteSource } from "./protobuf.ts";

const windowBytes = 64 * 1024;

/** Reads an open file through a window of 64 KiB. It blocks the thread, so it belongs into a worker. */
export function fileSource(descriptor: number): ByteSource {
  const window = Buffer.alloc(windowBytes);
  let windowStart = 0;
  let windowEnd = 0;
  return {
    sizeBytes: fstatSync(descriptor).size,
    read(start, end) {
      if (end - start > windowBytes) {
        const large = Buffer.alloc(end - start);
        return large.subarray(0, readSync(descriptor, large, 0, large.length, start));
      }
      if (start < windowStart || end > windowEnd) {
        windowStart = start;
        windowEnd = start + readSync(descriptor, window, 0, windowBytes, start);
      }
      // A copy: the window moves with the next read.
      return Uint8Array.prototype.slice.call(window, start - windowStart, Math.min(end, windowEnd) - windowStart);
    },
  };
}

/** Returns a source of bytes in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { sizeBytes: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}
