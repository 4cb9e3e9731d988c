import { minuteMs } from "#server/base/durations.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InferenceFailure } from "./failure.ts";
import { runError } from "./runtime-message.ts";
import { transferList } from "./transfer.ts";
import { openChannel, type WorkerChannel, type WorkerKind } from "./worker-channel.ts";
import type { FromWorker, RunDone, WorkerSettings } from "./worker-messages.ts";

const modelWorker = new URL("./model-worker.ts", import.meta.url);
/** A model that takes longer to load never will. */
const loadLimitMs = 10 * minuteMs;

export interface HandleOptions {
  kind: WorkerKind;
  /** Milliseconds after which a run counts as endless. */
  runLimitMs: number;
  /** Script that the worker runs; a different one only in tests. */
  script?: URL | undefined;
}

interface Pending {
  resolve(done: RunDone): void;
  reject(error: Error): void;
}

/** The serving thread's end of one model worker. */
export class WorkerHandle {
  /** Milliseconds that loading took. */
  loadMs = 0;
  /** Milliseconds that it has run requests. */
  busyMs = 0;
  /** Whether a run has taken too long in a thread, which cannot be stopped: the thread exits automatically if the run ever ends. */
  isHung = false;
  isAlive = true;
  /** Resolves when the worker cannot be used any more: it has ended, or hangs. */
  readonly lost: Promise<void>;
  /** Resolves when its thread or process has ended. */
  readonly ended: Promise<void>;
  private readonly channel: WorkerChannel;
  private readonly runLimitMs: number;
  private readonly loading = Promise.withResolvers<void>();
  private readonly losing = Promise.withResolvers<void>();
  private readonly ending = Promise.withResolvers<void>();
  private pending: Pending | undefined;
  private isStopped = false;

  private constructor(settings: WorkerSettings, { kind, runLimitMs, script = modelWorker }: HandleOptions) {
    this.runLimitMs = runLimitMs;
    this.lost = this.losing.promise;
    this.ended = this.ending.promise;
    this.channel = openChannel(kind, script, settings);
    this.channel.listen({
      message: (message) => this.receive(message),
      failed: (error) => this.loading.reject(error),
      ended: () => {
        this.lose();
        this.ending.resolve();
      },
    });
  }

  /** Starts a worker and loads the model in it. @throws Error with ONNX Runtime's message when the model does not load; the worker ends then. */
  static async open(settings: WorkerSettings, options: HandleOptions): Promise<WorkerHandle> {
    const handle = new WorkerHandle(settings, options);
    const timer = setTimeout(() => handle.channel.kill(), loadLimitMs);
    await handle.loading.promise.finally(() => clearTimeout(timer));
    return handle;
  }

  get kind(): WorkerKind {
    return this.channel.kind;
  }

  get pid(): number | undefined {
    return this.channel.pid;
  }

  /**
   * Runs one request; the data of `tensors` may move to the worker. One at a time.
   * @throws DomainError "invalid", InferenceFailure "model"; "worker" when the worker ends, or when the run exceeds the limit
   */
  run(tensors: Tensor[], outputs: string[]): Promise<RunDone> {
    if (this.pending) throw new Error("A model worker runs one request at a time.");
    const timer = setTimeout(() => this.stopRun(), this.runLimitMs);
    const { promise, resolve, reject } = Promise.withResolvers<RunDone>();
    this.pending = {
      resolve: (done) => {
        clearTimeout(timer);
        resolve(done);
      },
      reject: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    };
    const transfer = this.kind === "thread" ? transferList(tensors) : [];
    this.channel.post({ kind: "run", tensors, outputs }, transfer);
    return promise;
  }

  /** Requests the idle worker to release the model and exit, and waits until it has. */
  async close(): Promise<void> {
    if (this.pending) throw new Error("A busy model worker must not be closed.");
    this.channel.post({ kind: "close" }, []);
    await this.ended;
  }

  private receive(message: FromWorker): void {
    if (message.kind === "ready") {
      this.loadMs = message.loadMs;
      this.loading.resolve();
    } else if (message.kind === "unloadable") this.loading.reject(new Error(message.message));
    else if (this.isHung) this.channel.post({ kind: "close" }, []);
    else if (message.kind === "done") this.settle((pending) => pending.resolve(message));
    else this.settle((pending) => pending.reject(runError(message.message)));
  }

  private stopRun(): void {
    this.isStopped = true;
    if (this.channel.kill()) return;
    this.isHung = true;
    this.lose();
  }

  private lose(): void {
    this.isAlive = false;
    this.loading.reject(new Error("The worker ended while it loaded the model."));
    const why = this.isStopped
      ? `The model ran longer than ${this.runLimitMs / 1000}\u00a0s, so the run was aborted.`
      : "The worker process exited unexpectedly during the run.";
    this.settle((pending) => pending.reject(new InferenceFailure("worker", why)));
    this.losing.resolve();
  }

  private settle(how: (pending: Pending) => void): void {
    const pending = this.pending;
    this.pending = undefined;
    if (pending) how(pending);
  }
}
