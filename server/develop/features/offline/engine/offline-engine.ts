import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { plainStarter } from "#server/base/confinement/confined-processes.ts";
import { halfOfMemory } from "#server/base/confinement/half-of-memory.ts";
import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import type {
  ColumnCells,
  EngineCell,
  EngineCells,
  EngineColumn,
  EngineReply,
  EngineRequest,
  EngineSettings,
  EngineTask,
  PageLimits,
} from "./messages.ts";

export interface EngineOptions {
  /** Scratch folder: the only one that queries can read and write. Files are named relative to it or completely. */
  folder: string;
  /** Cancels what runs, and everything after it. */
  signal?: AbortSignal | undefined;
  settings?: Partial<EngineSettings>;
  /** Called about every second with the share of the running statement that is done, from 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/** Error for work that was cancelled. */
export class EngineInterrupted extends Error {
  override readonly name = "EngineInterrupted";
}

type EngineDone = Extract<EngineReply, { kind: "done" }>;

const script = new URL("./engine-process.ts", import.meta.url);
const defaultMemoryBytes = 768 * 2 ** 20;
const defaultTemporaryBytes = 32 * 2 ** 30;
/** Memory of the process beside DuckDB's buffers: its program, hash tables that are being built, and rows on their way. */
const besideBytes = 768 * 2 ** 20;
/** How long an interrupted statement may go on. */
const graceMs = 5_000;

/**
 * DuckDB in a process of its own, which reaches one folder, with limited memory. Only for processes that run from source: a bundle cannot
 * start it.
 */
export class OfflineEngine {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, PromiseWithResolvers<EngineDone>>();
  private readonly settings: EngineSettings;
  private readonly onProgress: ((share: number) => void) | undefined;
  private readonly signal: AbortSignal | undefined;
  private nextId = 1;
  private ended: Error | undefined;
  private killTimer: NodeJS.Timeout | undefined;

  private constructor({ folder, signal, settings, onProgress }: EngineOptions) {
    this.settings = {
      memoryBytes: Math.min(defaultMemoryBytes, Math.floor(halfOfMemory() / 2)),
      threads: Math.max(1, Math.min(4, availableParallelism())),
      temporaryBytes: defaultTemporaryBytes,
      ...settings,
    };
    this.onProgress = onProgress;
    this.signal = signal;
    const processes = plainStarter({ folder, usesGpu: false }, this.settings.memoryBytes + besideBytes);
    this.child = processes.start(script, [], () => this.end(this.tooLarge()));
    this.child.on("message", (reply: EngineReply) => this.settle(reply));
    this.child.once("error", (cause) => this.end(cause));
    const end = () => this.end(new DomainError("unavailable", "The process that ran the query ended. Try again."));
    // Its last reply may arrive after its exit.
    this.child.once("exit", () => (this.child.connected ? this.child.once("disconnect", end) : end()));
    signal?.addEventListener("abort", this.interrupt, { once: true });
  }

  /** Starts the process. The caller closes it. @throws EngineInterrupted */
  static async open(options: EngineOptions): Promise<OfflineEngine> {
    const engine = new OfflineEngine(options);
    try {
      await engine.perform({ kind: "open", settings: engine.settings });
    } catch (error) {
      engine.close();
      throw error;
    }
    return engine;
  }

  /** Runs statements whose results are not read. @throws DomainError "too-large"; EngineInterrupted; Error for invalid SQL */
  async run(sql: string): Promise<void> {
    await this.perform({ kind: "run", sql });
  }

  /** Returns the rows of a query. @throws as run, and for more than `most` rows */
  async rows(sql: string, most = 1000): Promise<EngineCell[][]> {
    return (await this.perform({ kind: "rows", sql, most })).rows;
  }

  /**
   * Begins a query whose rows are read by column, in their order: much faster than row by row. Nothing else may be asked of the engine
   * meanwhile. @returns what reads exactly so many further rows @throws as run
   */
  async columns(sql: string): Promise<(rows: number) => Promise<ColumnCells[]>> {
    await this.perform({ kind: "begin", sql });
    return async (rows) => (await this.perform({ kind: "columns", rows })).columns;
  }

  /**
   * Yields the cells of a query by column, in pages, in the order of its rows, without holding more than one in memory. Nothing else may be asked
   * of the engine meanwhile. @throws as run
   */
  async *pages(sql: string, page: PageLimits): AsyncGenerator<EngineCell[][]> {
    await this.perform({ kind: "begin", sql });
    for (;;) {
      const columns = (await this.perform({ kind: "fetch", page })).columns as EngineCell[][];
      if ((columns[0]?.length ?? 0) === 0) return;
      yield columns;
    }
  }

  /** Appends cells to a table, column by column. @throws as run */
  async append(table: string, columns: readonly EngineCells[]): Promise<void> {
    await this.perform({ kind: "append", table, columns });
  }

  /**
   * Reads columns of a CSV file of the scratch folder into a new table.
   * @param most rows to read, from the first on; undefined: all
   * @throws as run; DomainError "invalid" for an unreadable file
   */
  async loadCsv(table: string, path: string, columns: readonly EngineColumn[], most?: number): Promise<void> {
    await this.perform({ kind: "load", format: "csv", table, path, columns, most });
  }

  /** Reads an Arrow file or stream of the scratch folder into a new table, all of it or its first rows. @throws as loadCsv */
  async loadArrow(table: string, path: string, most?: number): Promise<void> {
    await this.perform({ kind: "load", format: "arrow", table, path, most });
  }

  /** Ends the process, and whatever it does. */
  close(): void {
    this.end(new EngineInterrupted("The engine was closed."));
  }

  private perform(task: EngineTask): Promise<EngineDone> {
    if (this.ended) return Promise.reject(this.ended);
    if (this.signal?.aborted) return Promise.reject(new EngineInterrupted("The query was cancelled."));
    const id = this.nextId++;
    const answer = Promise.withResolvers<EngineDone>();
    this.waiting.set(id, answer);
    this.send({ kind: "task", id, task });
    return answer.promise;
  }

  private send(request: EngineRequest): void {
    // A process that has ended reports that itself.
    this.child.send(request, () => {});
  }

  private settle(reply: EngineReply): void {
    if (reply.kind === "progress") {
      this.onProgress?.(reply.share);
      return;
    }
    const answer = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === "done") answer?.resolve(reply);
    else answer?.reject(this.errorOf(reply));
  }

  private errorOf({ reason, message }: Extract<EngineReply, { kind: "failed" }>): Error {
    switch (reason) {
      case "interrupted":
        return new EngineInterrupted("The query was cancelled.");
      case "out-of-room":
        return this.tooLarge(message);
      case "unreadable":
        return new DomainError("invalid", message);
      case "invalid":
        return new Error(`A query failed: ${message}`);
    }
  }

  private tooLarge(cause?: string): DomainError {
    const { memoryBytes } = this.settings;
    const message = `The query needs more memory or disk than its limit of ${mebibytes(memoryBytes)}. Use fewer rows or features.`;
    return new DomainError("too-large", message, { cause });
  }

  private readonly interrupt = (): void => {
    if (this.ended) return;
    this.send({ kind: "interrupt" });
    this.killTimer = setTimeout(() => this.end(new EngineInterrupted("The query was cancelled.")), graceMs).unref();
  };

  private end(reason: Error): void {
    if (this.ended) return;
    this.ended = reason;
    clearTimeout(this.killTimer);
    this.signal?.removeEventListener("abort", this.interrupt);
    this.child.kill("SIGKILL");
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}
