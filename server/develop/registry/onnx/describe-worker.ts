import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { DomainError, type ErrorCode } from "#server/base/errors.ts";
import { fileSource } from "./byte-sources.ts";
import type { DescribeOptions, ModelDescription } from "./describe-model.ts";
import { explainLoadError } from "./load-errors.ts";
import { type OnnxFile, readOnnxFile } from "./onnx-file.ts";
import { toSignature } from "./signature.ts";
import { refuseUnservableValues } from "./value-type.ts";

export type DescribeReply =
  | { kind: "described"; description: ModelDescription }
  | { kind: "refused"; code: ErrorCode; message: string }
  | { kind: "failed"; message: string };

// With Node's Float16Array, onnxruntime-node 1.30 fails on float16 inputs.
Reflect.deleteProperty(globalThis, "Float16Array");

process.once("message", async (options) => {
  process.send?.(await reply(options as DescribeOptions), undefined, undefined, () => process.disconnect());
});
// Without its role, nothing waits for the result.
process.once("disconnect", () => process.exit());

async function reply(options: DescribeOptions): Promise<DescribeReply> {
  try {
    return { kind: "described", description: await examine(options) };
  } catch (error) {
    if (error instanceof DomainError) return { kind: "refused", code: error.code, message: error.message };
    return { kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function examine({ path, isAlone, recorded }: DescribeOptions): Promise<ModelDescription> {
  const descriptor = openSync(path, "r");
  try {
    const file = readOnnxFile(fileSource(descriptor));
    refuseUnservableValues(file.inputs, file.outputs);
    const paths = [path, ...externalPaths(file, path, isAlone)];
    const digested = digest(paths, dirname(path), recorded ?? new Map());
    return { signature: await openSession(file, path), graph: file.graph, ...digested };
  } finally {
    closeSync(descriptor);
  }
}

function externalPaths(file: OnnxFile, path: string, isAlone: boolean): string[] {
  const paths = file.externalFiles.map((name) => join(dirname(path), name));
  const missing = file.externalFiles.find((_, index) => isAlone || !existsSync(paths[index] as string));
  if (missing === undefined) return paths;
  throw new DomainError(
    "invalid",
    `The weights are in a second file, "${missing}", which is missing. Save the model as one file (onnx.save_model with save_as_external_data=False), or log it with mlflow.onnx.log_model, which keeps both together.`,
  );
}

/** Loads the model as serving will, so that an operator it lacks is found now. */
async function openSession(file: OnnxFile, path: string): Promise<ModelDescription["signature"]> {
  const { InferenceSession } = await import("onnxruntime-node");
  const session = await InferenceSession.create(path, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  }).catch((error: Error) => {
    throw explainLoadError(error.message);
  });
  const signature = toSignature(file, session.inputMetadata, session.outputMetadata);
  await session.release();
  return signature;
}

/** Computes the size and digest of all files together. @throws DomainError "invalid" for a file that differs from what was stored */
function digest(
  paths: string[],
  folder: string,
  recorded: ReadonlyMap<string, string>,
): { sizeBytes: number; sha256: string } {
  const all = createHash("sha256");
  const chunk = Buffer.alloc(2 ** 20);
  let sizeBytes = 0;
  for (const path of paths) {
    const own = createHash("sha256");
    const descriptor = openSync(path, "r");
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      all.update(chunk.subarray(0, count));
      own.update(chunk.subarray(0, count));
      sizeBytes += count;
    }
    closeSync(descriptor);
    const name = relative(folder, path);
    const expected = recorded.get(name);
    if (expected && own.digest("hex") !== expected) {
      throw new DomainError(
        "invalid",
        `The file "${name}" differs from the uploaded one (SHA-256 mismatch). Log the model again.`,
      );
    }
  }
  return { sizeBytes, sha256: all.digest("hex") };
}
