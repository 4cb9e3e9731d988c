/** Runs scans in a thread: reading blocks, and a file that crashes the thread affects nothing else. */
import { closeSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { fileSource } from "../../onnx/byte-sources.ts";
import type { Finding } from "../contract.ts";
import { scanFile } from "./scan-file.ts";

export interface ScanOrder {
  name: string;
  /** On this machine's disk. */
  path: string;
  seconds: number;
}
/** `failure` is for people; `detail` may name paths of this machine and is for the log. */
export type ScanReply = { findings: Finding[] } | { failure: string; detail?: string };

parentPort?.on("message", async (order: ScanOrder) => parentPort?.postMessage(await reply(order)));

async function reply({ name, path, seconds }: ScanOrder): Promise<ScanReply> {
  try {
    const descriptor = openSync(path, "r");
    try {
      const limits = { deadlineAt: performance.now() + seconds * 1000, folder: workerData as string };
      return { findings: await scanFile(name, fileSource(descriptor), limits) };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { failure: "see the log", detail };
  }
}
