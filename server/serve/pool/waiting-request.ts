import { rowCount, type Tensor } from "../tensor/tensor.ts";
import type { TraceContext } from "../tracing/trace-context.ts";
import type { BatchRun } from "../tracing/tracing.ts";
import type { Queued } from "./batch-queue.ts";
import { batchKey } from "./join-batch.ts";

/** Asked for by requests that come after all others; no client can ask for it. */
export const backgroundPriority = Number.POSITIVE_INFINITY;

export interface PoolRequest {
  tensors: Tensor[];
  /** Names, in the order of the answer. */
  outputs: string[];
  /** On the clock of performance.now(). */
  deadlineAt: number;
  /** Level of priority that it asks for, 1 being the highest; 0 or absent asks for none; backgroundPriority for the last. */
  priority?: number | undefined;
  /** Whether the caller has left; asked before the request runs. */
  isGone?: (() => boolean) | undefined;
  /** Of the request's trace, when that is kept. */
  trace?: TraceContext | undefined;
}

export interface PoolResult {
  tensors: Tensor[];
  /** Milliseconds in the queue, building inputs, running, taking outputs apart. The last three are of the whole batch. */
  queueMs: number;
  inputMs: number;
  runMs: number;
  outputMs: number;
  /** The run itself, shared by all requests of the batch; undefined for an answer that was kept. */
  batch?: BatchRun | undefined;
}

/** A request in the pool, from its acceptance to its one answer. */
export class WaitingRequest implements Queued {
  readonly request: PoolRequest;
  readonly result: Promise<PoolResult>;
  readonly enqueuedAt = performance.now();
  readonly rows: number;
  readonly level: number;
  key: string | undefined;
  private isSettled = false;
  private settle: { resolve(result: PoolResult): void; reject(error: Error): void };

  constructor(request: PoolRequest, level: number, mayBatch: boolean) {
    this.request = request;
    this.level = level;
    this.rows = rowCount(request.tensors);
    this.key = mayBatch ? batchKey(request.tensors, request.outputs) : undefined;
    const { promise, ...settle } = Promise.withResolvers<PoolResult>();
    this.result = promise;
    this.settle = settle;
  }

  get deadlineAt(): number {
    return this.request.deadlineAt;
  }

  get isGone(): boolean {
    return this.request.isGone?.() ?? false;
  }

  get isWanted(): boolean {
    return !this.isSettled && !this.isGone;
  }

  /** The first of these two calls counts. */
  resolve(result: PoolResult): void {
    this.isSettled = true;
    this.settle.resolve(result);
  }

  reject(error: Error): void {
    this.isSettled = true;
    this.settle.reject(error);
  }
}
