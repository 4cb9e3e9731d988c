/** A thread that copies a model file, with its files of weights, and checks the digest: reading and hashing block. */
import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { fileSource } from "#server/develop/registry/onnx/byte-sources.ts";
import { readOnnxFile } from "#server/develop/registry/onnx/onnx-file.ts";

export interface CopyOrder {
  /** The ONNX file; undefined when only the copy may be used. */
  source: string | undefined;
  /** Folder for the copy. */
  target: string;
  /** As the registry computes it: of the file, followed by its files of weights in order of name. */
  sha256: string | undefined;
}
export type CopyReply =
  | { kind: "copied" }
  | { kind: "differs" }
  | { kind: "no-source" }
  /** `file` is a file of weights, as the model names it; undefined is the model itself. */
  | { kind: "missing"; file: string | undefined }
  /** `code` is the system's, such as ENOSPC. `detail` names paths of this machine: it is for the log. */
  | { kind: "failed"; code: string | undefined; detail: string };

/** Name of the ONNX file in a copy. */
export const modelName = "model.onnx";

parentPort?.postMessage(reply(workerData as CopyOrder));

function reply(order: CopyOrder): CopyReply {
  try {
    return copy(order);
  } catch (error) {
    return { kind: "failed", code: codeOf(error), detail: error instanceof Error ? error.message : String(error) };
  }
}

function copy({ source, target, sha256 }: CopyOrder): CopyReply {
  if (isIntact(join(target, modelName), sha256)) return { kind: "copied" };
  if (!source) return { kind: "no-source" };
  const incoming = `${target}.${process.pid}.new`;
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true });
  const missing = placeAll(source, incoming);
  if (missing || !isSame(join(incoming, modelName), sha256)) {
    rmSync(incoming, { recursive: true });
    return missing ?? { kind: "differs" };
  }
  try {
    renameSync(incoming, target);
  } catch {
    // Another gateway process may have put its copy there meanwhile, and is loading it now.
    if (isIntact(join(target, modelName), sha256)) rmSync(incoming, { recursive: true });
    else {
      rmSync(target, { recursive: true, force: true });
      renameSync(incoming, target);
    }
  }
  return { kind: "copied" };
}

/** Puts a model and its weight files into a folder. @returns the first one missing */
function placeAll(source: string, folder: string): CopyReply | undefined {
  if (!link(source, join(folder, modelName))) return { kind: "missing", file: undefined };
  const file = weightsOf(source).find((name) => !link(join(dirname(source), name), join(folder, name)));
  return file === undefined ? undefined : { kind: "missing", file };
}

/** Links a file, or copies it across file systems. @returns whether the file existed */
function link(from: string, to: string): boolean {
  if (!existsSync(from)) return false;
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
  return true;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

function weightsOf(path: string): string[] {
  const descriptor = openSync(path, "r");
  try {
    return readOnnxFile(fileSource(descriptor)).externalFiles;
  } finally {
    closeSync(descriptor);
  }
}

/** Whether there is a readable copy with the right content. */
function isIntact(path: string, sha256: string | undefined): boolean {
  try {
    return existsSync(path) && isSame(path, sha256);
  } catch {
    return false;
  }
}

function isSame(path: string, sha256: string | undefined): boolean {
  if (!sha256) return true;
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(2 ** 20);
  for (const part of [path, ...weightsOf(path).map((name) => join(dirname(path), name))]) {
    const descriptor = openSync(part, "r");
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, count));
    }
    closeSync(descriptor);
  }
  return hash.digest("hex") === sha256;
}
