import { rowCount, type Tensor } from "../tensor/tensor.ts";
import type { TraceContext } from "../tracing/trace-context.ts";
import type { BatchRun } from "../tracing/tracing.ts";
import type { Queued } from "./batch-queue.ts";
import { batchKey } from "./join-batch.ts";

/** Priority of requests that run after all others; no client can request it. */
export const backgroundPriority = Number.POSITIVE_INFINITY;

export interface PoolRequest {
  tensors: Tensor[];
  /** Names, in the order of the response. */
  outputs: string[];
  /** On the clock of performance.now(). */
  deadlineAt: number;
  /** Requested level of priority, 1 being the highest; 0 or absent requests none; backgroundPriority for the last. */
  priority?: number | undefined;
  /** Whether the caller has disconnected; checked before the request runs. */
  isGone?: (() => boolean) | undefined;
  /** Context of the request's trace, if it is recorded. */
  trace?: TraceContext | undefined;
}

export interface PoolResult {
  tensors: Tensor[];
  /** Milliseconds in the queue, building inputs, running, splitting outputs. The last three are of the complete batch. */
  queueMs: number;
  inputMs: number;
  runMs: number;
  outputMs: number;
  /** The run itself, shared by all requests of the batch; undefined for a cached output. */
  batch?: BatchRun | undefined;
}

/** A request in the pool, from its acceptance to its single result. */
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

  /** Only the first of these two calls has an effect. */
  resolve(result: PoolResult): void {
    this.isSettled = true;
    this.settle.resolve(result);
  }

  reject(error: Error): void {
    this.isSettled = true;
    this.settle.reject(error);
  }
}
