/** A thread that reads which files of weights an ONNX file needs. */
import { closeSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { DomainError } from "#server/base/errors.ts";
import { fileSource } from "./byte-sources.ts";
import { readOnnxFile } from "./onnx-file.ts";

const descriptor = openSync(workerData as string, "r");
try {
  parentPort?.postMessage(readOnnxFile(fileSource(descriptor)).externalFiles);
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  parentPort?.postMessage([]);
} finally {
  closeSync(descriptor);
}
