import type { ProcessStarter } from "#server/base/confinement/confined-processes.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InferenceFailure } from "./failure.ts";
import { loadError, memoryFailure, runError } from "./runtime-message.ts";
import { transferList } from "./transfer.ts";
import { type EndCause, openChannel, type WorkerChannel, type WorkerKind } from "./worker-channel.ts";
import type { FromWorker, RunDone, WorkerSettings } from "./worker-messages.ts";

const modelWorker = new URL("./model-worker.ts", import.meta.url);
/** A model that takes longer to load never will. */
const loadLimitMs = 10 * minuteMs;

export interface HandleOptions {
  kind: WorkerKind;
  /** Milliseconds after which a run counts as endless. */
  runLimitMs: number;
  /** Starts those that are processes. */
  processes: ProcessStarter;
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
  /** Operator for which the model must not share the gateway's memory; undefined without one. */
  growingOperator: string | undefined;
  /** Operator through which the rows of a batch influence each other; undefined without one. */
  rowMixingOperator: string | undefined;
  /** Reason for the loss, for users; undefined until then. */
  lossReason: string | undefined;
  /** Resolves when the worker cannot be used any more: it has ended, or hangs. */
  readonly lost: Promise<void>;
  /** Resolves when its thread or process has ended. */
  readonly ended: Promise<void>;
  private readonly channel: WorkerChannel;
  private readonly runLimitMs: number;
  private readonly maxBytes: number | undefined;
  private readonly loading = Promise.withResolvers<void>();
  private readonly losing = Promise.withResolvers<void>();
  private readonly ending = Promise.withResolvers<void>();
  private pending: Pending | undefined;
  private isStopped = false;

  private constructor(settings: WorkerSettings, { kind, runLimitMs, processes, script = modelWorker }: HandleOptions) {
    this.runLimitMs = runLimitMs;
    // Threads share the memory of the gateway.
    this.maxBytes = kind === "process" ? processes.maxBytes : undefined;
    this.lost = this.losing.promise;
    this.ended = this.ending.promise;
    this.channel = openChannel(kind, script, settings, processes);
    this.channel.listen({
      message: (message) => this.receive(message),
      failed: (error) => this.loading.reject(error),
      ended: (cause) => {
        this.lose(cause);
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

  /** Ends the worker without its consent: a process whatever it does, a thread that is free. @param reason of the loss, for users */
  end(reason: string): void {
    this.lossReason = reason;
    if (!this.channel.kill()) this.channel.post({ kind: "close" }, []);
  }

  private receive(message: FromWorker): void {
    if (message.kind === "ready") {
      this.loadMs = message.loadMs;
      this.growingOperator = message.growingOperator;
      this.rowMixingOperator = message.rowMixingOperator;
      this.loading.resolve();
    } else if (message.kind === "unloadable") this.loading.reject(loadError(message.message, this.maxBytes));
    else if (this.isHung) this.channel.post({ kind: "close" }, []);
    else if (message.kind === "done") this.settle((pending) => pending.resolve(message));
    else this.settle((pending) => pending.reject(runError(message.message, this.maxBytes)));
  }

  private stopRun(): void {
    this.isStopped = true;
    if (this.channel.kill()) return;
    this.isHung = true;
    this.lose();
  }

  private lose(cause?: EndCause): void {
    this.isAlive = false;
    const failure = this.failureBy(cause);
    this.lossReason ??= failure.message;
    this.loading.reject(
      failure.reason === "memory" ? failure : new Error("The worker ended while it loaded the model."),
    );
    this.settle((pending) => pending.reject(failure));
    this.losing.resolve();
  }

  private failureBy(cause: EndCause | undefined): InferenceFailure {
    if (cause === "memory") return memoryFailure(this.maxBytes);
    if (this.isStopped) {
      const seconds = `${this.runLimitMs / 1000}\u00a0s`;
      return new InferenceFailure("worker", `The model ran longer than ${seconds}, so the run was aborted.`);
    }
    return new InferenceFailure("worker", `${whyEnded(cause)}.`);
  }

  private settle(how: (pending: Pending) => void): void {
    const pending = this.pending;
    this.pending = undefined;
    if (pending) how(pending);
  }
}

function whyEnded(cause: EndCause | undefined): string {
  if (cause === "killed") return "The worker process was killed, possibly because the machine has no memory left";
  const ended = "The worker process exited unexpectedly during the run";
  return cause === "aborted" ? `${ended}, possibly because it reached its memory limit` : ended;
}
