import type { ExecutionProvider, Isolation } from "../../develop/registry/execution/contract.ts";

/** Below this size a model is run by several workers with one thread each: weights are not shared between workers. */
const smallModelBytes = 16 * 2 ** 20;
/** Session, arena and thread of one worker besides the weights; 20 MB were measured per worker of a 251 MB model. */
const overheadBytes = 20 * 2 ** 20;
/** Overhead of a worker that is a process; 31 MB of private memory were measured, shared memory excluded. */
export const processOverheadBytes = 50 * 2 ** 20;

export interface WorkerPlan {
  workers: number;
  /** Threads per run. */
  threads: number;
  /** Expected memory of the workers, at most. */
  memoryBytes: number;
  /** Expected memory of the workers as threads. */
  threadBytes: number;
}

/**
 * Workers and threads of one model version. MODEL_WORKERS times MODEL_THREADS is what a version may use:
 * a small model gets it as workers, for throughput; a large one as threads of one worker, since its weights would be held once per worker.
 */
export function planWorkers(
  model: { sizeBytes: number; provider: ExecutionProvider },
  limits: { workers: number; threads: number },
  isolation: Isolation = "thread",
): WorkerPlan {
  const isSmall = model.sizeBytes < smallModelBytes;
  const isGpu = model.provider !== "cpu";
  // A GPU runs one request at a time: more workers would only hold its memory, more threads would wait for it.
  const workers = isSmall && !isGpu ? Math.min(4, limits.workers) : 1;
  const threads = isSmall || isGpu ? limits.threads : limits.workers * limits.threads;
  const inThreads = workers * (model.sizeBytes + overheadBytes);
  const inProcesses = (isolation === "auto" ? 1 : workers) * (model.sizeBytes + processOverheadBytes);
  const most =
    isolation === "thread" ? inThreads : isolation === "process" ? inProcesses : Math.max(inThreads, inProcesses);
  return { workers, threads, memoryBytes: most, threadBytes: inThreads };
}
