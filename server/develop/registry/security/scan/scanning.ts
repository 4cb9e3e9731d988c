import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";

/** One look at the files of a version: what it may still spend, and how detectors look into what they find inside. */
export interface Scanning {
  /** In milliseconds of performance.now(). */
  deadlineAt: number;
  /** Entries of archives that may still be looked at. */
  entriesLeft: number;
  /** Bytes that may still be unpacked. */
  unpackLeft: number;
  /** Folder for what is unpacked; whoever made it removes it. */
  folder: string;
  /** Findings of a file inside another one. @param depth archives around it */
  scan(name: string, source: ByteSource, depth: number): Promise<Finding[]>;
}

export type Detect = (scanning: Scanning, name: string, source: ByteSource, depth: number) => Promise<Finding[]>;

/** Bytes of another source, read where they lie. */
export function partOf(source: ByteSource, start: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    read: (from, to) => source.read(start + from, start + Math.min(to, sizeBytes)),
  };
}
