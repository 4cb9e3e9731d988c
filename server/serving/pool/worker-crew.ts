import { setTimeout as sleep } from "node:timers/promises";
import { log } from "#server/log.ts";
import type { ExecutionProvider } from "../contract.ts";
import { WorkerHandle } from "./worker-handle.ts";

export interface CrewOptions {
  /** Names the model in logs and messages: "digits version 3". */
  name: string;
  path: string;
  provider: ExecutionProvider;
  workers: number;
  /** Threads per run. */
  threads: number;
  /** Runs that a worker must pass before it serves. */
  warmUp(worker: WorkerHandle): Promise<void>;
  /** Milliseconds before the first try to replace a lost worker, and the longest pause between two. */
  backOffMs?: { first: number; longest: number };
  /** What a thread runs, for tests that need one to die. */
  script?: URL;
}

/** The worker threads of one model version: started, lent out, replaced when they die, sent home. */
export class WorkerCrew {
  /** Workers that were lost since the crew was made. */
  restarts = 0;
  /** Milliseconds the slowest worker took to load. */
  loadMs = 0;
  private readonly options: CrewOptions;
  private readonly onIdle: () => void;
  private readonly idle: WorkerHandle[] = [];
  private readonly workers = new Set<WorkerHandle>();
  private readonly starting = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  /** @param onIdle called whenever a worker has become free. */
  constructor(options: CrewOptions, onIdle: () => void) {
    this.options = options;
    this.onIdle = onIdle;
  }

  /** Workers that are loaded and warm. */
  get size(): number {
    return this.workers.size;
  }

  /** Loads and warms all workers. @throws Error with ONNX Runtime's message; no worker is left then. */
  async start(): Promise<void> {
    const starts = await Promise.allSettled(Array.from({ length: this.options.workers }, () => this.spawn()));
    const failed = starts.find((start) => start.status === "rejected");
    if (!failed) return;
    await this.close();
    throw failed.reason;
  }

  get hasIdle(): boolean {
    return this.idle.length > 0;
  }

  /** Lends out a free worker. */
  take(): WorkerHandle | undefined {
    return this.idle.pop();
  }

  /** Takes a worker back after its run, unless it died meanwhile. */
  giveBack(worker: WorkerHandle): void {
    if (!worker.isAlive) return;
    this.idle.push(worker);
    this.onIdle();
  }

  /** Lets every worker leave. All of them must be free. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.starting);
    await Promise.all([...this.workers].map((worker) => worker.close()));
  }

  private spawn(): Promise<void> {
    const start = this.open().finally(() => this.starting.delete(start));
    this.starting.add(start);
    return start;
  }

  private async open(): Promise<void> {
    const { path, provider, threads, script } = this.options;
    const worker = await WorkerHandle.open({ path, provider, threads }, script);
    try {
      await this.options.warmUp(worker);
    } catch (error) {
      if (worker.isAlive) await worker.close();
      throw error;
    }
    this.loadMs = Math.max(this.loadMs, worker.loadMs);
    if (this.closing.signal.aborted) return worker.close();
    this.workers.add(worker);
    void worker.ended.then(() => this.lose(worker));
    this.giveBack(worker);
  }

  private lose(worker: WorkerHandle): void {
    this.workers.delete(worker);
    const place = this.idle.indexOf(worker);
    if (place >= 0) this.idle.splice(place, 1);
    if (!this.closing.signal.aborted) void this.heal();
  }

  /** Replaces a lost worker, waiting longer after each try that fails. */
  private async heal(): Promise<void> {
    const { first, longest } = this.options.backOffMs ?? { first: 100, longest: 30_000 };
    this.restarts += 1;
    log.warn("worker.lost", { model: this.options.name, restarts: this.restarts });
    for (let pauseMs = first; !this.closing.signal.aborted; pauseMs = Math.min(longest, pauseMs * 2)) {
      try {
        await sleep(pauseMs, undefined, { signal: this.closing.signal });
        await this.spawn();
        return;
      } catch (cause) {
        if (!this.closing.signal.aborted) log.error("worker.not_replaced", { model: this.options.name, cause });
      }
    }
  }
}
