import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Given } from "./run-before.ts";

/** What a thread is to do with a pipeline: all that stands before the model, some of what stands after it, or to get ready for it. */
export type Work =
  | { kind: "warm-up"; targets: readonly TensorSpec[] }
  | { kind: "before"; given: Given; targets: readonly TensorSpec[] }
  | { kind: "after"; outputs: Tensor[]; names: readonly string[]; labels: readonly string[] | undefined };

export interface ToThread {
  digest: string;
  /** Sent once per thread. */
  definition: Pipeline | undefined;
  work: Work;
  /** Milliseconds after which nobody waits any more. */
  leftMs: number;
}

/** What a thread has made. */
export interface Done {
  tensors: Tensor[];
  /** What was measured of pictures, where that was asked for. */
  pictures?: Given["pictures"];
}

export type FromThread =
  | ({ kind: "done" } & Done)
  | { kind: "refused"; message: string }
  | { kind: "failed"; message: string };
