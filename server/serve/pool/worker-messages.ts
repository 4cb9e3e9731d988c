import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a model worker is started with. */
export interface WorkerSettings {
  /** ONNX file on this machine. */
  path: string;
  provider: ExecutionProvider;
  /** Threads that one run may use. */
  threads: number;
  /** Shared by all worker threads of the process: see withGpu in model-worker.ts. A process of its own has none. */
  gpuLock?: SharedArrayBuffer;
}

export type ToWorker = { kind: "run"; tensors: Tensor[]; outputs: string[] } | { kind: "close" };

export interface RunDone {
  kind: "done";
  /** In the order that was asked for. */
  tensors: Tensor[];
  /** Milliseconds to build the input tensors, to run the session, to take the outputs apart. */
  inputMs: number;
  runMs: number;
  outputMs: number;
}

export type FromWorker =
  | { kind: "ready"; loadMs: number }
  | { kind: "unloadable"; message: string }
  | RunDone
  | { kind: "failed"; message: string };
