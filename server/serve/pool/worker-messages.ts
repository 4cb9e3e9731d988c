import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Start parameters of a model worker. */
export interface WorkerSettings {
  /** ONNX file on this machine. */
  path: string;
  provider: ExecutionProvider;
  /** Threads that one run may use. */
  threads: number;
  /** Shared by all worker threads of the process: see withGpu in model-worker.ts. Undefined in a separate process. */
  gpuLock?: SharedArrayBuffer;
}

export type ToWorker = { kind: "run"; tensors: Tensor[]; outputs: string[] } | { kind: "close" };

export interface RunDone {
  kind: "done";
  /** Outputs in the requested order. */
  tensors: Tensor[];
  /** Milliseconds to build the input tensors, to run the session, to take the outputs apart. */
  inputMs: number;
  runMs: number;
  outputMs: number;
}

export type FromWorker =
  /** `growingOperator` is undefined if the inputs' shapes bound time and memory of a run: see growing-operator.ts. */
  | {
      kind: "ready";
      loadMs: number;
      growingOperator?: string | undefined;
      /** Undefined if no operator is known to mix the rows of a batch: see row-mixing-operator.ts. */
      rowMixingOperator?: string | undefined;
    }
  | { kind: "unloadable"; message: string }
  | RunDone
  | { kind: "failed"; message: string };
