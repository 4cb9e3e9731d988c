import { Worker } from "node:worker_threads";
import type { Tensor } from "../tensor.ts";
import { InferenceFailure } from "./failure.ts";
import { runError } from "./runtime-message.ts";
import { transferList } from "./transfer.ts";
import type { FromWorker, RunDone, ToWorker, WorkerSettings } from "./worker-messages.ts";

const modelWorker = new URL("./model-worker.ts", import.meta.url);
const gpuLock = new SharedArrayBuffer(4);

interface Pending {
  resolve(done: RunDone): void;
  reject(error: Error): void;
}

/** The serving thread's end of one model worker. */
export class WorkerHandle {
  /** Milliseconds that loading took. */
  readonly loadMs: number;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  isAlive = true;
  private readonly worker: Worker;
  private pending: Pending | undefined;

  private constructor(worker: Worker, loadMs: number) {
    this.worker = worker;
    this.loadMs = loadMs;
    worker.on("message", (message: FromWorker) => this.receive(message));
    // "exit" follows; without a listener an error in the thread would end the process.
    worker.on("error", () => {});
    this.ended = new Promise((resolve) => {
      worker.once("exit", () => {
        this.isAlive = false;
        this.settle((pending) =>
          pending.reject(new InferenceFailure("worker", "The worker that ran the model ended unexpectedly.")),
        );
        resolve();
      });
    });
  }

  /**
   * Starts a thread and loads the model in it.
   * @param script what the thread runs; another one only in tests.
   * @throws Error with ONNX Runtime's message when the model does not load; the thread has ended then.
   */
  static open(settings: Omit<WorkerSettings, "gpuLock">, script: URL = modelWorker): Promise<WorkerHandle> {
    const worker = new Worker(script, {
      workerData: { ...settings, gpuLock } satisfies WorkerSettings,
    });
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error("The worker ended while it loaded the model."));
      worker.once("error", reject);
      worker.once("exit", onExit);
      worker.once("message", (message: FromWorker) => {
        worker.off("error", reject);
        worker.off("exit", onExit);
        if (message.kind === "ready") resolve(new WorkerHandle(worker, message.loadMs));
        else reject(new Error(message.kind === "unloadable" ? message.message : `Unexpected "${message.kind}".`));
      });
    });
  }

  /** Runs one request; the data of `tensors` move to the thread. One at a time. @throws DomainError "invalid", InferenceFailure */
  run(tensors: Tensor[], outputs: string[]): Promise<RunDone> {
    if (this.pending) throw new Error("A model worker runs one request at a time.");
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      this.send({ kind: "run", tensors, outputs }, transferList(tensors));
    });
  }

  /** Asks the idle thread to release the model and leave, and waits until it has. */
  async close(): Promise<void> {
    if (this.pending) throw new Error("A busy model worker must not be closed.");
    this.send({ kind: "close" });
    await this.ended;
  }

  private send(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private receive(message: FromWorker): void {
    if (message.kind === "done") this.settle((pending) => pending.resolve(message));
    else if (message.kind === "failed") this.settle((pending) => pending.reject(runError(message.message)));
  }

  private settle(how: (pending: Pending) => void): void {
    const pending = this.pending;
    this.pending = undefined;
    if (pending) how(pending);
  }
}
