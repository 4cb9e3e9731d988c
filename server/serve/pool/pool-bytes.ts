import { ownBytes } from "./memory.ts";
import { processOverheadBytes, type WorkerPlan } from "./plan-workers.ts";

/** What was measured of a version's workers when they were warm, in bytes; 0 for what could not be measured. */
interface MeasuredBytes {
  /** One worker, when workers were processes. */
  inOneProcess: number;
  /** All workers, when they were threads: by how much this process grew meanwhile. */
  inThreads: number;
}

/**
 * Returns the memory that a version's workers hold now: of processes as measured, of threads as planned or measured, whichever is more. A
 * version that moved from one process into threads holds its weights once per thread, which only the process could show.
 * @param pids of workers that are processes
 */
export function poolBytes(
  pids: readonly number[],
  plan: WorkerPlan,
  { inOneProcess, inThreads }: MeasuredBytes,
): number {
  const inProcesses = pids.reduce((sum, pid) => sum + ownBytes(pid), 0);
  if (inProcesses > 0) return inProcesses;
  const ofThreads = plan.workers * Math.max(0, inOneProcess - processOverheadBytes);
  return Math.max(plan.threadBytes, ofThreads, inThreads);
}
