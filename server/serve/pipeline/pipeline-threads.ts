import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { InferenceFailure } from "../pool/failure.ts";
import { transferList } from "../pool/transfer.ts";
import type { Done, FromThread, ToThread, Work } from "./thread-messages.ts";

const script = new URL("./pipeline-worker.ts", import.meta.url);
/** Tasks that may wait for a thread; more are refused. */
const maxQueued = 256;
const warmUpLimitMs = 30_000;

interface Task {
  pipeline: { definition: Pipeline; digest: string };
  work: Work;
  deadlineAt: number;
  settle(outcome: Done | { error: Error }): void;
}

interface Thread {
  worker: Worker;
  /** Digests of the pipelines that were sent to it. */
  knownPlans: Set<string>;
  task: Task | undefined;
}

/** The threads of a process in which pipelines run. They start when they are first needed. */
export class PipelineThreads {
  private readonly size: number;
  private readonly threads = new Set<Thread>();
  private waiting: Task[] = [];

  constructor(size: number) {
    this.size = size;
  }

  /** Threads that have been started and live. */
  get started(): number {
    return this.threads.size;
  }

  /**
   * Runs one task in a thread. Bytes in it are transferred.
   * @param deadlineAt on the clock of performance.now(); work that has started by then stops automatically
   * @throws DomainError "invalid" (the input does not fit), "unavailable" (the queue is full); InferenceFailure
   */
  run(pipeline: Task["pipeline"], work: Work, deadlineAt: number): Promise<Done> {
    if (this.waiting.length >= maxQueued) {
      const message = `${maxQueued} requests are already waiting for preprocessing. Try again in a moment.`;
      return Promise.reject(new DomainError("unavailable", message, { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      const task: Task = {
        pipeline,
        work,
        deadlineAt,
        settle: (outcome) => {
          clearTimeout(timer);
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome);
        },
      };
      const timer = setTimeout(
        () => {
          this.waiting = this.waiting.filter((each) => each !== task);
          const message = "Deadline exceeded before preprocessing finished.";
          task.settle({ error: new InferenceFailure("deadline", message) });
        },
        Math.max(0, deadlineAt - performance.now()),
      );
      this.waiting.push(task);
      this.dispatch();
    });
  }

  /** Starts every thread and runs a pipeline on synthetic pictures in it, so that the first request need not wait for that. */
  async warm(pipeline: Task["pipeline"], targets: readonly TensorSpec[]): Promise<void> {
    const deadlineAt = performance.now() + warmUpLimitMs;
    const runs = Array.from({ length: this.size }, () => this.run(pipeline, { kind: "warm-up", targets }, deadlineAt));
    for (const run of await Promise.allSettled(runs)) {
      // Synthetic pictures may not suit a pipeline that works with real ones.
      if (run.status === "rejected") log.warn("pipeline.not_warmed", { reason: String(run.reason) });
    }
  }

  /** Lets every thread finish its tasks and exit. */
  async close(): Promise<void> {
    for (const task of this.waiting.splice(0)) {
      task.settle({ error: new DomainError("unavailable", "The process is stopping.", { retryAfterSeconds: 1 }) });
    }
    await Promise.all(
      [...this.threads].map(({ worker }) => {
        const ended = new Promise((resolve) => worker.once("exit", resolve));
        worker.postMessage("close");
        return ended;
      }),
    );
  }

  private dispatch(): void {
    while (this.waiting.length > 0) {
      const idle = [...this.threads].find(({ task }) => !task);
      if (!idle && this.threads.size >= this.size) return;
      const task = this.waiting.shift();
      if (task) this.hand(idle ?? this.open(), task);
    }
  }

  private hand(thread: Thread, task: Task): void {
    const { definition, digest } = task.pipeline;
    thread.task = task;
    const message: ToThread = {
      digest,
      definition: thread.knownPlans.has(digest) ? undefined : definition,
      work: task.work,
      leftMs: task.deadlineAt - performance.now(),
    };
    thread.knownPlans.add(digest);
    thread.worker.postMessage(message, buffersOf(task.work));
  }

  private open(): Thread {
    const worker = new Worker(script, { env: childEnvironment() });
    const thread: Thread = { worker, knownPlans: new Set(), task: undefined };
    this.threads.add(thread);
    worker.on("message", (reply: FromThread) => {
      const { task } = thread;
      thread.task = undefined;
      task?.settle(outcomeOf(reply));
      this.dispatch();
    });
    // "exit" follows; without a listener an error in the thread would end the process.
    worker.on("error", () => {});
    worker.once("exit", () => {
      this.threads.delete(thread);
      thread.task?.settle({
        error: new InferenceFailure("worker", "The pipeline thread exited unexpectedly."),
      });
      this.dispatch();
    });
    worker.unref();
    return thread;
  }
}

function outcomeOf(reply: FromThread): Done | { error: Error } {
  if (reply.kind === "done") return reply;
  if (reply.kind === "refused") return { error: new DomainError("invalid", reply.message) };
  return { error: new InferenceFailure("model", `The pipeline failed: ${reply.message}`) };
}

function buffersOf(work: Work): ArrayBuffer[] {
  if (work.kind === "warm-up") return [];
  if (work.kind === "after") return transferList(work.outputs);
  const files = [...work.given.files.values()].flat();
  const bytes = files.flatMap((file) => (typeof file === "string" ? [] : [file.buffer]));
  return [...new Set([...bytes, ...transferList(work.given.columns)])];
}
