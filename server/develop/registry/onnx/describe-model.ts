import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import { DomainError } from "#server/base/errors.ts";
import type { OnnxGraph, Signature } from "#server/develop/registry/onnx/contract.ts";
import type { DescribeReply } from "./describe-worker.ts";

export interface DescribeOptions {
  /** Path of the ONNX file on this machine's disk. */
  path: string;
  /** True for a single uploaded file: weights in a second file are then missing, whatever lies beside it. */
  isAlone: boolean;
  /** SHA-256 as it was recorded when the files were stored, by their paths from the model's folder. Any other content is refused. */
  recorded?: ReadonlyMap<string, string>;
}

export interface ModelDescription {
  signature: Signature;
  graph: OnnxGraph;
  /** Bytes of the model and of its files with weights. */
  sizeBytes: number;
  /** Hex digest of the model's bytes, followed by those of its external weight files in order of name. */
  sha256: string;
}

/** Type through which commands receive describeModel, which must not be imported by code that Next bundles. */
export type DescribeModel = (options: DescribeOptions) => Promise<ModelDescription>;

// One model at a time in a process: each takes as much memory as its weights.
let previous: Promise<unknown> = Promise.resolve();

/**
 * Loads an ONNX file once in a separate thread and returns its signature and graph.
 * Only for processes that run from source: a bundle cannot start the thread.
 * @throws DomainError "invalid" that describes the problem with the file.
 */
export const describeModel: DescribeModel = (options) => {
  const description = previous.then(() => inWorker(options));
  previous = description.catch(() => {});
  return description;
};

/** Runs the description in a thread that ends on its own. It is never terminated: ONNX Runtime would crash the process while loading. */
function inWorker(options: DescribeOptions): Promise<ModelDescription> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./describe-worker.ts", import.meta.url), {
      workerData: options,
      env: childEnvironment(),
    });
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The thread that opens models ended without an answer.")));
    worker.once("message", (reply: DescribeReply) => {
      if (reply.kind === "described") resolve(reply.description);
      else if (reply.kind === "refused") reject(new DomainError(reply.code, reply.message));
      else reject(new Error(`Opening a model failed: ${reply.message}`));
    });
  });
}
