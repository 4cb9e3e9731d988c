import type { PoolResult } from "../pool/waiting-request.ts";

/** A request and the run that served it, shared with the other requests of its batch. */
export interface MeteredRequest {
  provider: string;
  rows: number;
  result: PoolResult | undefined;
  /** Cores that a run of its version takes. */
  threads: number;
}

/**
 * Computes the device time of a request: milliseconds of its worker (building inputs, running, unpacking outputs) by the
 * request's share of the rows of the batch, times the cores that the worker has. Summed over all requests, each run counts once.
 * @returns core-milliseconds, or GPU-milliseconds on a GPU; 0 if nothing ran here, as for engines elsewhere
 */
export function deviceMsOf({ provider, rows, result, threads }: MeteredRequest): number {
  if (!result?.batch) return 0;
  const workerMs = result.inputMs + result.runMs + result.outputMs;
  const own = workerMs * Math.min(1, rows / Math.max(1, result.batch.rows));
  if (provider === "cpu") return own * threads;
  return isGpu(provider) ? own : 0;
}

/** Whether an execution provider runs on a GPU of the gateway's machine. */
export function isGpu(provider: string): boolean {
  return provider === "cuda" || provider === "tensorrt" || provider === "webgpu";
}

/** Whether a remote engine runs it: "remote triton". */
export function isEngine(provider: string): boolean {
  return provider.startsWith("remote ");
}
