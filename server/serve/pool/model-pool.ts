import { DomainError } from "#server/base/errors.ts";
import type { EngineState } from "../gateways/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BatchQueue, type BatchRule, noBatching, retryAfterSeconds } from "./batch-queue.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import { ExecutionCounts } from "./execution-counts.ts";
import { InferenceFailure, lateFailure } from "./failure.ts";
import { joinRequests, splitOutputs } from "./join-batch.ts";
import { type Priorities, priorityLevel } from "./priority-level.ts";
import type { RunningModel } from "./running-model.ts";
import { type PoolRequest, type PoolResult, WaitingRequest } from "./waiting-request.ts";
import type { WorkerKind } from "./worker-channel.ts";
import { type CrewOptions, WorkerCrew } from "./worker-crew.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import type { RunDone } from "./worker-messages.ts";

export interface PoolOptions extends CrewOptions {
  /** Requests that may wait; more are refused. */
  maxQueued: number;
  priorities?: Priorities;
}

/** For the gateway's state, metrics and statistics. */
export interface PoolState {
  queued: number;
  running: number;
  /** Rows of both. */
  pendingRows: number;
  workers: number;
  restarts: number;
  /** Threads that hang, beside the workers. */
  hung: number;
  /** The latest loss of a worker, in milliseconds since 1970; undefined without one. */
  lastLoss?: { at: number; reason: string } | undefined;
  loadMs: number;
  warmUpMs: number;
  /** Milliseconds that each worker has run. */
  busyMs: number[];
  /** Location of its workers; undefined when it has none. */
  kind: WorkerKind | undefined;
  /** Whether its workers stay where they are until one is lost; absent for engines. */
  isSettled?: boolean;
  /** Ids of workers that are processes of their own. */
  pids: number[];
  counts: ExecutionCounts;
  /** State of the engine, if one runs the model. */
  engine?: EngineState;
}

interface Ran {
  done: RunDone;
  /** The outputs of each request of the batch. */
  outputs: Tensor[][];
}

const noPriorities: Priorities = { levels: 0, default: 0 };

/** One model version ready to run: its workers, and the bounded line in front of them. */
export class ModelPool implements RunningModel {
  readonly options: PoolOptions;
  private readonly queue: BatchQueue<WaitingRequest>;
  private readonly crew: WorkerCrew;
  private readonly watch = new DeadlineWatch<WaitingRequest>((expired) => this.markFailed(expired));
  private readonly counts = new ExecutionCounts();
  private running = 0;
  private runningRows = 0;
  private meanRequestMs = 1;
  private closing = false;
  private whenQuiet: (() => void) | undefined;
  private delay: NodeJS.Timeout | undefined;
  private isDispatching = false;

  private constructor(options: PoolOptions) {
    this.options = options;
    // One level more than clients can request: background requests come last.
    this.queue = new BatchQueue(options.maxQueued, ((options.priorities?.levels ?? 0) || 1) + 1);
    this.crew = new WorkerCrew(options, () => this.dispatch());
  }

  /** Loads and warms every worker. @throws Error with ONNX Runtime's message; nothing is left running then. */
  static async open(options: PoolOptions): Promise<ModelPool> {
    const pool = new ModelPool(options);
    await pool.crew.start();
    return pool;
  }

  get state(): PoolState {
    const { size: workers, restarts, hung, lastLoss, loadMs, warmUpMs, busyMs, kind, isSettled, pids } = this.crew;
    const { queue, running, runningRows, counts } = this;
    const load = { queued: queue.length, running, pendingRows: queue.rows + runningRows, busyMs };
    return { ...load, workers, restarts, hung, lastLoss, loadMs, warmUpMs, kind, isSettled, pids, counts };
  }

  /** Batches requests of equal shapes from now on. The model must allow it. */
  batchBy(rule: BatchRule): void {
    this.queue.rule = rule;
  }

  /**
   * Queues a request and waits for its outputs. The data of its tensors are transferred.
   * @throws DomainError "unavailable" (queue full, draining; with seconds to wait), "invalid" (the model rejects the input)
   * @throws InferenceFailure at the deadline, when the caller has left, when the model or its worker fails
   */
  run(request: PoolRequest): Promise<PoolResult> {
    const { name } = this.options;
    if (this.closing) return Promise.reject(unavailable(`${name} is being unloaded. Try again.`, 1));
    const level = priorityLevel(request.priority ?? 0, this.options.priorities ?? noPriorities);
    const waiting = new WaitingRequest(request, level, this.queue.rule !== noBatching);
    if (!this.enqueue(waiting)) {
      const seconds = retryAfterSeconds(this.queue.length, this.meanRequestMs, this.crew.size);
      const full = `${name} has reached its limit of queued requests (${this.queue.length}). Retry in ${seconds} s.`;
      return Promise.reject(unavailable(full, seconds));
    }
    this.watch.add(waiting);
    this.dispatchSoon();
    return waiting.result;
  }

  loseWorker(reason: string): boolean {
    return this.crew.loseOne(reason);
  }

  /** Stops accepting requests, finishes those it has, then lets every worker exit. */
  async drain(): Promise<void> {
    this.closing = true;
    if (this.running > 0 || (this.queue.length > 0 && this.crew.size > 0)) {
      await new Promise<void>((resolve) => {
        this.whenQuiet = resolve;
      });
    }
    for (const waiting of this.queue.clear()) this.refuse(waiting, unavailable("The model was unloaded.", 1));
    this.watch.stop();
    clearTimeout(this.delay);
    await this.crew.close();
  }

  private enqueue(waiting: WaitingRequest): boolean {
    if (this.queue.push(waiting)) return true;
    // Requests that have just arrived have not been dispatched to the free workers yet.
    this.dispatch();
    return this.queue.push(waiting);
  }

  /**
   * Dispatches after everything that has arrived by now was read, so that requests arriving together share a batch even if a worker is
   * free.
   */
  private dispatchSoon(): void {
    if (this.isDispatching || !this.crew.hasIdle) return;
    this.isDispatching = true;
    setImmediate(() => {
      this.isDispatching = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    clearTimeout(this.delay);
    while (this.queue.length > 0 && this.crew.hasIdle) {
      const { batch, dropped, waitMs } = this.queue.take(performance.now());
      for (const waiting of dropped) this.refuse(waiting, waiting.isGone ? left() : late(waiting));
      const worker = batch.length > 0 ? this.crew.take() : undefined;
      if (worker) void this.execute(worker, batch);
      else if (waitMs) {
        this.delay = setTimeout(() => this.dispatch(), Math.ceil(waitMs));
        break;
      }
    }
    this.notifyIdle();
  }

  private async execute(worker: WorkerHandle, batch: WaitingRequest[]): Promise<void> {
    const startedAt = performance.now();
    const rows = batch.reduce((sum, waiting) => sum + waiting.rows, 0);
    this.running += batch.length;
    this.runningRows += rows;
    const ran = await this.runBatch(worker, batch).catch((error: Error) => error);
    this.running -= batch.length;
    this.runningRows -= rows;
    worker.busyMs += performance.now() - startedAt;
    if (ran instanceof Error) this.fail(batch, ran);
    // The worker continues with the next batch before the responses of this one are written.
    this.crew.unacknowledge(worker);
    if (!(ran instanceof Error)) this.deliver(batch, ran, startedAt);
    this.notifyIdle();
  }

  private async runBatch(worker: WorkerHandle, batch: WaitingRequest[]): Promise<Ran> {
    const inputs = batch.map(({ request }) => request.tensors);
    const { outputs } = (batch[0] as WaitingRequest).request;
    const [first = []] = inputs;
    const done = await worker.run(batch.length === 1 ? first : joinRequests(inputs), outputs);
    const rows = batch.map((waiting) => waiting.rows);
    return { done, outputs: batch.length === 1 ? [done.tensors] : splitOutputs(done.tensors, rows) };
  }

  private deliver(batch: WaitingRequest[], { done, outputs }: Ran, startedAt: number): void {
    const { inputMs, runMs, outputMs } = done;
    const rows = batch.reduce((sum, waiting) => sum + waiting.rows, 0);
    const traces = batch.flatMap(({ request }) => request.trace ?? []);
    const run = { startedAt, endedAt: performance.now(), requests: batch.length, rows, traces };
    this.crew.trust(batch.length);
    this.counts.add(rows, { inputMs, runMs, outputMs });
    this.meanRequestMs += 0.1 * (runMs / batch.length - this.meanRequestMs);
    for (const [index, waiting] of batch.entries()) {
      const queueMs = startedAt - waiting.enqueuedAt;
      this.watch.delete(waiting);
      waiting.resolve({ tensors: outputs[index] as Tensor[], queueMs, inputMs, runMs, outputMs, batch: run });
    }
  }

  /** One bad request must not fail the others in its batch: after a failure each is retried alone. */
  private fail(batch: WaitingRequest[], error: Error): void {
    if (batch.length === 1) {
      for (const waiting of batch) this.refuse(waiting, error);
      return;
    }
    for (const waiting of batch) waiting.key = undefined;
    this.queue.requeue(batch);
  }

  /** Fails requests at their deadline, in whatever state they are; a run is left to finish. */
  private markFailed(expired: WaitingRequest[]): void {
    for (const waiting of expired) waiting.reject(late(waiting));
    this.queue.dropUnwanted();
    this.notifyIdle();
  }

  private refuse(waiting: WaitingRequest, error: Error): void {
    this.watch.delete(waiting);
    waiting.reject(error);
  }

  private notifyIdle(): void {
    if (this.closing && this.running === 0 && this.queue.length === 0) this.whenQuiet?.();
  }
}

function late({ deadlineAt, enqueuedAt }: WaitingRequest): InferenceFailure {
  return lateFailure(deadlineAt - enqueuedAt);
}

function left(): InferenceFailure {
  return new InferenceFailure("canceled", "The client disconnected before the response.");
}

function unavailable(message: string, retryAfterSeconds: number): DomainError {
  return new DomainError("unavailable", message, { retryAfterSeconds });
}
