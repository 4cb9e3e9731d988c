import { setTimeout as pause } from "node:timers/promises";
import { type BackOff, backOff } from "#server/base/back-off.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import type { ExecutionProvider, Isolation } from "../../develop/registry/execution/contract.ts";
import type { WorkerKind } from "./worker-channel.ts";
import { type HandleOptions, WorkerHandle } from "./worker-handle.ts";

export interface CrewOptions extends Pick<HandleOptions, "runLimitMs" | "script" | "processes"> {
  /** Names the model in logs and messages: "digits version 3". */
  name: string;
  path: string;
  provider: ExecutionProvider;
  workers: number;
  /** Threads per run. */
  threads: number;
  isolation: Isolation;
  /** Runs that a worker must pass before it serves. */
  warmUp(worker: WorkerHandle): Promise<void>;
  /** Milliseconds before the first try to replace a lost worker, and the longest pause between two. */
  backOffMs?: BackOff;
}

/**
 * Successful requests after which a version is trusted to run in the gateway's own process, unless a request of a few bytes can make it
 * take any amount of memory or time there.
 */
export const trustedAfter = 100;
/** Losses that lie this far apart have nothing to do with each other. */
const lossMemoryMs = minuteMs;

/** Starts the workers of one model version, assigns them, replaces them when they die, and stops them. */
export class WorkerCrew {
  /** Number of workers lost since the crew was created. */
  restarts = 0;
  /** Milliseconds the slowest worker took to load. */
  loadMs = 0;
  /** Milliseconds the slowest worker took for the runs before it served. */
  warmUpMs = 0;
  /** Threads that hang in a run that never seems to end. */
  hung = 0;
  /** Location where new workers are started. */
  kind: WorkerKind;
  /** The latest loss of a worker; undefined without one. */
  lastLoss: { at: number; reason: string } | undefined;
  private readonly options: CrewOptions;
  private readonly onIdle: () => void;
  private readonly idle: WorkerHandle[] = [];
  private readonly workers = new Set<WorkerHandle>();
  private readonly starting = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  private successes = 0;
  /** Whether the version must not run in the gateway's own process, which its requests could fill, or which it has hung. */
  private staysIsolated = false;
  private isMoving = false;
  private recentLosses = 0;
  private lostAt = 0;

  /** @param onIdle called whenever a worker has become free. */
  constructor(options: CrewOptions, onIdle: () => void) {
    this.options = options;
    this.onIdle = onIdle;
    this.kind = options.isolation === "thread" ? "thread" : "process";
  }

  /** Workers that are loaded and warm. */
  get size(): number {
    return this.workers.size;
  }

  /** Processes of workers that have one of their own. */
  get pids(): number[] {
    return [...this.workers].flatMap(({ pid }) => pid ?? []);
  }

  /** Milliseconds for which each worker has run requests. */
  get busyMs(): number[] {
    return [...this.workers].map(({ busyMs }) => busyMs);
  }

  get hasIdle(): boolean {
    return this.idle.length > 0;
  }

  /** Loads and warms all workers; of a version that is not trusted yet one, since each is a process. @throws Error with ONNX Runtime's message; no worker is left then. */
  async start(): Promise<void> {
    const count = this.options.isolation === "auto" ? 1 : this.options.workers;
    const starts = await Promise.allSettled(Array.from({ length: count }, () => this.spawn()));
    const failed = starts.find((start) => start.status === "rejected");
    if (!failed) return;
    await this.close();
    throw failed.reason;
  }

  /** Whether its workers stay where they are: not on their way to threads, and not to be moved there. */
  get isSettled(): boolean {
    if (this.options.isolation !== "auto" || this.staysIsolated) return true;
    return this.kind === "thread" && !this.isMoving;
  }

  /** Takes a free worker. */
  take(): WorkerHandle | undefined {
    return this.idle.pop();
  }

  /** Takes a worker back after its run, unless it is lost or no more needed. */
  unacknowledge(worker: WorkerHandle): void {
    if (!worker.isAlive) return;
    if (this.workers.has(worker)) {
      this.idle.push(worker);
      this.onIdle();
    } else void worker.close();
  }

  /** Counts successful requests; a version with enough of them moves into threads. */
  trust(successes: number): void {
    if (this.options.isolation !== "auto" || this.kind === "thread" || this.staysIsolated) return;
    this.successes += successes;
    if (this.successes >= trustedAfter) void this.moveToThreads();
  }

  /**
   * Ends one of several workers, which is then replaced like one that crashed: a free one, or else a process, whose run fails.
   * @returns false if there is only one, or only threads that are busy, which cannot be ended
   */
  loseOne(reason: string): boolean {
    if (this.workers.size < 2) return false;
    const worker = this.idle.at(-1) ?? [...this.workers].find(({ kind }) => kind === "process");
    if (!worker) return false;
    this.leaveIdle(worker);
    worker.end(reason);
    return true;
  }

  /** Lets every worker exit. All of them must be idle. */
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

  /** @param retries attempts after a worker that was lost in its warm-up */
  private async open(retries = 1): Promise<void> {
    const { path, provider, threads, script, runLimitMs, processes } = this.options;
    const settings = { path, provider, threads };
    const worker = await WorkerHandle.open(settings, { kind: this.kind, runLimitMs, script, processes });
    this.isolateIfGrowing(worker);
    const openedAt = performance.now();
    try {
      await this.options.warmUp(worker);
    } catch (error) {
      if (!worker.isAlive && retries > 0) return this.open(retries - 1);
      if (worker.isAlive) await worker.close();
      throw error;
    }
    this.loadMs = Math.max(this.loadMs, worker.loadMs);
    this.warmUpMs = Math.max(this.warmUpMs, performance.now() - openedAt);
    if (this.closing.signal.aborted) return worker.close();
    this.workers.add(worker);
    void worker.lost.then(() => this.lose(worker));
    this.unacknowledge(worker);
  }

  private isolateIfGrowing({ growingOperator }: WorkerHandle): void {
    if (growingOperator === undefined || this.options.isolation !== "auto" || this.staysIsolated) return;
    this.staysIsolated = true;
    log.info("version.stays_isolated", { model: this.options.name, operator: growingOperator });
  }

  private async moveToThreads(): Promise<void> {
    this.kind = "thread";
    this.isMoving = true;
    const before = [...this.workers];
    try {
      await Promise.all(Array.from({ length: this.options.workers }, () => this.spawn()));
      log.info("version.trusted", { model: this.options.name, afterRequests: this.successes });
    } catch (cause) {
      log.warn("version.not_moved", { model: this.options.name, cause });
      return;
    } finally {
      this.isMoving = false;
    }
    for (const worker of before) this.retire(worker);
  }

  /** Sends a worker home when it is free. */
  private retire(worker: WorkerHandle): void {
    if (!this.workers.delete(worker)) return;
    if (this.leaveIdle(worker)) void worker.close();
  }

  private leaveIdle(worker: WorkerHandle): boolean {
    const position = this.idle.indexOf(worker);
    if (position >= 0) this.idle.splice(position, 1);
    return position >= 0;
  }

  private lose(worker: WorkerHandle): void {
    if (!this.workers.delete(worker)) return;
    this.leaveIdle(worker);
    this.lastLoss = { at: Date.now(), reason: worker.lossReason ?? "The worker ended." };
    if (worker.isHung) {
      this.staysIsolated = true;
      this.hung += 1;
      void worker.ended.then(() => {
        this.hung -= 1;
      });
    }
    if (this.closing.signal.aborted) return;
    // After a worker hung or crashed, its replacement is untrusted again, where it does no harm.
    this.successes = 0;
    if (this.options.isolation === "auto" || worker.isHung) this.kind = "process";
    void this.heal();
  }

  /** Replaces a lost worker, waiting longer after each loss in a row and after each try that fails. */
  private async heal(): Promise<void> {
    const waits = this.options.backOffMs ?? { first: 100, longest: 30_000 };
    const now = performance.now();
    this.recentLosses = now - this.lostAt > lossMemoryMs ? 0 : this.recentLosses + 1;
    this.lostAt = now;
    this.restarts += 1;
    log.warn("worker.lost", { model: this.options.name, restarts: this.restarts, reason: this.lastLoss?.reason });
    for (let failures = this.recentLosses + 1; !this.closing.signal.aborted; failures += 1) {
      try {
        await pause(backOff(failures, waits), undefined, { signal: this.closing.signal });
        await this.spawn();
        return;
      } catch (cause) {
        if (!this.closing.signal.aborted) log.error("worker.not_replaced", { model: this.options.name, cause });
      }
    }
  }
}
