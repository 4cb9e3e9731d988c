import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairQueue, type Turn } from "#server/base/fair-queue.ts";
import { log } from "#server/base/log.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { InferenceFailure } from "../pool/failure.ts";
import { transferList } from "../pool/transfer.ts";
import type { Done, FromThread, ToThread, Work } from "./thread-messages.ts";

const script = new URL("./pipeline-worker.ts", import.meta.url);
/** Tasks that may wait for a thread. More are refused, except for tenants that have less than their share of them. */
const maxQueued = 256;
const warmUpLimitMs = 30_000;

interface Task {
  /** Workspace for which it runs. */
  tenant: string;
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
  /** Ends the turn of its task. */
  release: () => void;
}

/** The threads of a process in which pipelines run, shared fairly by workspaces. They start when they are first needed. */
export class PipelineThreads {
  private readonly size: number;
  private readonly threads = new Set<Thread>();
  private readonly waiting = new FairQueue<Task>();

  constructor(size: number) {
    this.size = size;
  }

  /** Threads that have been started and live. */
  get started(): number {
    return this.threads.size;
  }

  /**
   * Runs one task in a thread. Bytes in it are transferred.
   * @param tenant workspace for which it runs
   * @param deadlineAt on the clock of performance.now(); work that has started by then stops automatically
   * @throws DomainError "invalid" (the input does not fit), "unavailable" (the queue is full); InferenceFailure
   */
  run(tenant: string, pipeline: Task["pipeline"], work: Work, deadlineAt: number): Promise<Done> {
    if (this.isFullFor(tenant)) {
      const message = `${maxQueued} requests are already waiting for preprocessing. Try again in a moment.`;
      return Promise.reject(new DomainError("unavailable", message, { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      const task: Task = {
        tenant,
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
          this.waiting.remove(tenant, task);
          const message = "Deadline exceeded before preprocessing finished.";
          task.settle({ error: new InferenceFailure("deadline", message) });
        },
        Math.max(0, deadlineAt - performance.now()),
      );
      this.waiting.push(tenant, task);
      this.dispatch();
    });
  }

  /** Starts every thread and runs a pipeline on synthetic pictures in it, so that the first request need not wait for that. */
  async warm(tenant: string, pipeline: Task["pipeline"], targets: readonly TensorSpec[]): Promise<void> {
    const deadlineAt = performance.now() + warmUpLimitMs;
    const runs = Array.from({ length: this.size }, () =>
      this.run(tenant, pipeline, { kind: "warm-up", targets }, deadlineAt),
    );
    for (const run of await Promise.allSettled(runs)) {
      // Synthetic pictures may not suit a pipeline that works with real ones.
      if (run.status === "rejected") log.warn("pipeline.not_warmed", { reason: String(run.reason) });
    }
  }

  /** Lets every thread finish its tasks and exit. */
  async close(): Promise<void> {
    for (const task of this.waiting.clear()) {
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

  /** Whether too many tasks wait for one more of this tenant. One that floods the queue must not keep out the others. */
  private isFullFor(tenant: string): boolean {
    const { waiting } = this;
    return waiting.length >= maxQueued && waiting.waitingOf(tenant) >= maxQueued / (waiting.tenants + 1);
  }

  private dispatch(): void {
    for (;;) {
      const idle = [...this.threads].find(({ task }) => !task);
      if (!idle && this.threads.size >= this.size) return;
      const turn = this.waiting.take();
      if (!turn) return;
      this.hand(idle ?? this.open(), turn);
    }
  }

  private hand(thread: Thread, { item: task, done }: Turn<Task>): void {
    const { definition, digest } = task.pipeline;
    const startedAt = performance.now();
    thread.task = task;
    thread.release = () => done(performance.now() - startedAt);
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
    const thread: Thread = { worker, knownPlans: new Set(), task: undefined, release: () => {} };
    this.threads.add(thread);
    worker.on("message", (reply: FromThread) => {
      const { task } = thread;
      thread.task = undefined;
      if (task) thread.release();
      task?.settle(outcomeOf(reply));
      this.dispatch();
    });
    // "exit" follows; without a listener an error in the thread would end the process.
    worker.on("error", () => {});
    worker.once("exit", () => {
      this.threads.delete(thread);
      if (thread.task) thread.release();
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
  if (reply.kind === "late") return { error: new InferenceFailure("deadline", reply.message) };
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
