import { DomainError } from "#server/errors.ts";
import type { Tensor } from "../tensor.ts";
import { InferenceFailure } from "./failure.ts";
import { RequestQueue, retryAfterSeconds } from "./request-queue.ts";
import { type CrewOptions, WorkerCrew } from "./worker-crew.ts";
import type { WorkerHandle } from "./worker-handle.ts";

export interface PoolOptions extends CrewOptions {
  /** Requests that may wait; more are refused. */
  maxQueued: number;
}

export interface PoolRequest {
  tensors: Tensor[];
  /** Names, in the order of the answer. */
  outputs: string[];
  /** On the clock of performance.now(). */
  deadlineAt: number;
  /** Aborted when the caller is gone. */
  signal?: AbortSignal | undefined;
}

export interface PoolResult {
  tensors: Tensor[];
  /** Milliseconds in the queue, building inputs, running, taking outputs apart. */
  queueMs: number;
  inputMs: number;
  runMs: number;
  outputMs: number;
}

interface Waiting extends PoolRequest {
  enqueuedAt: number;
  resolve(result: PoolResult): void;
  reject(error: Error): void;
}

const longestTimerMs = 2 ** 31 - 1;

/** One model version ready to run: its workers, and the bounded line in front of them. */
export class ModelPool {
  readonly options: PoolOptions;
  private readonly queue: RequestQueue<Waiting>;
  private readonly crew: WorkerCrew;
  private running = 0;
  private meanRunMs = 1;
  private closing = false;
  private whenQuiet: (() => void) | undefined;

  private constructor(options: PoolOptions) {
    this.options = options;
    this.queue = new RequestQueue(options.maxQueued);
    this.crew = new WorkerCrew(options, () => this.dispatch());
  }

  /** Loads and warms every worker. @throws Error with ONNX Runtime's message; nothing is left running then. */
  static async open(options: PoolOptions): Promise<ModelPool> {
    const pool = new ModelPool(options);
    await pool.crew.start();
    return pool;
  }

  /** For the gateway's state and metrics. */
  get state(): { queued: number; running: number; workers: number; restarts: number; loadMs: number } {
    const { size: workers, restarts, loadMs } = this.crew;
    return { queued: this.queue.length, running: this.running, workers, restarts, loadMs };
  }

  /**
   * Queues a request and waits for its answer. The data of its tensors move away.
   * @throws DomainError "unavailable" (queue full, draining; with seconds to wait), "invalid" (the model refuses the input)
   * @throws InferenceFailure at the deadline, when the caller leaves, when the model or its worker fails
   */
  run(request: PoolRequest): Promise<PoolResult> {
    const { name } = this.options;
    if (this.closing) return Promise.reject(unavailable(`${name} is being unloaded. Try again.`, 1));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { ...request, enqueuedAt: performance.now(), resolve, reject };
      if (!this.queue.push(waiting)) {
        const seconds = retryAfterSeconds(this.queue.length, this.meanRunMs, this.crew.size);
        const full = `${name} has ${this.queue.length} requests waiting, the most it takes. Try again in ${seconds} s.`;
        reject(unavailable(full, seconds));
        return;
      }
      this.watch(waiting);
      this.dispatch();
    });
  }

  /** Takes no more requests, answers those it has, then lets every worker leave. */
  async drain(): Promise<void> {
    this.closing = true;
    if (this.running > 0 || (this.queue.length > 0 && this.crew.size > 0)) {
      await new Promise<void>((resolve) => {
        this.whenQuiet = resolve;
      });
    }
    for (const waiting of this.queue.take(Infinity).expired) waiting.reject(unavailable("The model was unloaded.", 1));
    await this.crew.close();
  }

  /** Gives up a request at its deadline or when its caller leaves, wherever it stands; a run is left to finish. */
  private watch(waiting: Waiting): void {
    const { resolve, reject, signal } = waiting;
    const giveUp = (error: InferenceFailure) => {
      waiting.reject(error);
      if (this.queue.remove(waiting)) this.tellQuiet();
    };
    const onAbort = () => giveUp(new InferenceFailure("canceled", "The caller left before the answer."));
    const leftMs = Math.min(longestTimerMs, Math.max(0, waiting.deadlineAt - waiting.enqueuedAt));
    const timer = setTimeout(() => giveUp(late(leftMs)), leftMs);
    const stopWatching = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    waiting.resolve = (result) => {
      stopWatching();
      resolve(result);
    };
    waiting.reject = (error) => {
      stopWatching();
      reject(error);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
  }

  private dispatch(): void {
    while (this.queue.length > 0) {
      const worker = this.crew.take();
      if (!worker) return;
      const { next, expired } = this.queue.take(performance.now());
      for (const waiting of expired) waiting.reject(late(waiting.deadlineAt - waiting.enqueuedAt));
      if (next) void this.execute(worker, next);
      else this.crew.giveBack(worker);
    }
    this.tellQuiet();
  }

  private async execute(worker: WorkerHandle, waiting: Waiting): Promise<void> {
    const queueMs = performance.now() - waiting.enqueuedAt;
    this.running += 1;
    try {
      const { tensors, inputMs, runMs, outputMs } = await worker.run(waiting.tensors, waiting.outputs);
      this.meanRunMs += 0.1 * (runMs - this.meanRunMs);
      waiting.resolve({ tensors, queueMs, inputMs, runMs, outputMs });
    } catch (error) {
      waiting.reject(error as Error);
    }
    this.running -= 1;
    this.crew.giveBack(worker);
    this.tellQuiet();
  }

  private tellQuiet(): void {
    if (this.closing && this.running === 0 && this.queue.length === 0) this.whenQuiet?.();
  }
}

function late(afterMs: number): InferenceFailure {
  return new InferenceFailure("deadline", `The deadline of ${Math.round(afterMs)} ms passed before the answer.`);
}

function unavailable(message: string, retryAfterSeconds: number): DomainError {
  return new DomainError("unavailable", message, { retryAfterSeconds });
}
