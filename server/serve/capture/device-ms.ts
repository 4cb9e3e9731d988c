import type { PoolResult } from "../pool/waiting-request.ts";

/** A request with the run that answered it, shared with others of its batch. */
export interface MeteredRequest {
  provider: string;
  rows: number;
  result: PoolResult | undefined;
  /** Cores that a run of its version takes. */
  threads: number;
}

/**
 * What a request took of the device that it ran on: milliseconds of its worker (building inputs, running, taking outputs apart) by the
 * request's share of the rows of the batch, times the cores that the worker has. Summed over all requests, each run counts once.
 * @returns core-milliseconds, or GPU-milliseconds on a GPU; 0 where nothing ran here, as for engines elsewhere
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

/** Whether an engine elsewhere runs it: "remote triton". */
export function isEngine(provider: string): boolean {
  return provider.startsWith("remote ");
}
