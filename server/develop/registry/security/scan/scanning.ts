import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";

/** One look at the files of a version: what it may still spend, and how detectors look into what they find inside. */
export interface Scanning {
  /** In milliseconds of performance.now(). */
  deadlineAt: number;
  /** Number of archive entries that may still be scanned. */
  entriesLeft: number;
  /** Bytes that may still be unpacked. */
  unpackLeft: number;
  /** Folder for unpacked files; its creator removes it. */
  folder: string;
  /** Findings of a file inside another one. @param depth archives around it */
  scan(name: string, source: ByteSource, depth: number): Promise<Finding[]>;
}

export type Detect = (scanning: Scanning, name: string, source: ByteSource, depth: number) => Promise<Finding[]>;

/** Returns a section of another source without copying it. */
export function partOf(source: ByteSource, start: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    read: (from, to) => source.read(start + from, start + Math.min(to, sizeBytes)),
  };
}
