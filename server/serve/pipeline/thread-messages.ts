import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Given } from "./run-before.ts";

/** Work of a thread for a pipeline: all steps before the model, some of those after it, or a warm-up. */
export type Work =
  | { kind: "warm-up"; targets: readonly TensorSpec[] }
  | { kind: "before"; given: Given; targets: readonly TensorSpec[] }
  | { kind: "after"; outputs: Tensor[]; names: readonly string[]; labels: readonly string[] | undefined };

export interface ToThread {
  digest: string;
  /** Sent once per thread. */
  definition: Pipeline | undefined;
  work: Work;
  /** Milliseconds after which no caller waits any more. */
  leftMs: number;
}

/** Result of a thread. */
export interface Done {
  tensors: Tensor[];
  /** Measurements of pictures, if requested. */
  pictures?: Given["pictures"];
}

export type FromThread =
  | ({ kind: "done" } & Done)
  | { kind: "refused"; message: string }
  | { kind: "failed"; message: string }
  /** It took too long. */
  | { kind: "late"; message: string };
