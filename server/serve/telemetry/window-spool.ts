import { mkdirSync } from "node:fs";
import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import { type CountKey, windowStartOf } from "../windows/count-key.ts";
import { SealedWindows } from "./sealed-windows.ts";
import { storeWindows } from "./store-windows.ts";
import { count, emptyCounts, type Observation, type WindowCounts } from "./window-counts.ts";
import { idOf, journaledWindows, readJournal, removeJournal, WindowJournal } from "./window-journal.ts";

/** Maximum number of windows in memory while the disk cannot be written: ten minutes. */
const maxUnsealed = 60;

/**
 * Counts requests by key and window. The window that is open is in memory and in its journal; older ones are in their
 * journals only, until Postgres has them. So neither the death of this process nor an absent Postgres loses a window.
 */
export class WindowSpool {
  private readonly folder: string;
  private readonly gatewayId: string;
  private readonly now: () => number;
  private counts = new Map<string, WindowCounts>();
  private windowStart: number;
  /** Undefined while the disk takes nothing. */
  private journal: WindowJournal | undefined;
  hasDiskFailed = false;
  private readonly diskFailures = new RepeatedEvent<{ cause: unknown }>((fields) =>
    log.error("telemetry.not_journaled", fields),
  );
  /** Resolves when what was counted in this moment is on disk. */
  private writing: Promise<void> | undefined;
  private readonly sealed: SealedWindows;
  /** Windows that are over and that the disk did not take, by their start, until Postgres has them. */
  private readonly unsealed = new Map<number, WindowCounts[]>();
  private droppedFromMemory = 0;

  /** Resumes where an earlier process with the same folder stopped. @param limitBytes of the windows on disk that have ended */
  constructor(folder: string, gatewayId: string, now: () => number = Date.now, limitBytes = Number.POSITIVE_INFINITY) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.gatewayId = gatewayId;
    this.now = now;
    const latest = journaledWindows(folder).at(-1) ?? 0;
    // A clock that was set back must not open a window again that Postgres has already.
    this.windowStart = Math.max(latest, windowStartOf(now()));
    if (this.windowStart === latest) this.counts = readJournal(folder, latest);
    this.sealed = new SealedWindows(folder, limitBytes, this.windowStart);
    this.openJournal();
  }

  /** Counts one request. When its promise resolves, the request survives the death of the process. It never rejects. */
  add(key: CountKey, observation: Observation): Promise<void> {
    this.turn();
    const id = idOf(key);
    this.journal?.add(id, key, observation);
    count(this.countsOf(id, key), observation);
    return this.written();
  }

  /** Counts that a key is served: without requests its window then says zero instead of nothing. */
  touch(key: CountKey): void {
    this.turn();
    const id = idOf(key);
    this.journal?.touch(id, key);
    this.countsOf(id, key);
    this.onDisk(() => this.journal?.write());
  }

  /** Writes all that Postgres does not have. @throws when it cannot; nothing is lost then. */
  async flush(db: Database): Promise<void> {
    this.turn();
    await this.sealed.drain((start) => storeWindows(db, this.gatewayId, [...readJournal(this.folder, start).values()]));
    for (const [start, counts] of [...this.unsealed]) {
      await storeWindows(db, this.gatewayId, counts);
      this.unsealed.delete(start);
      // Its journal contains less, and must not be stored after it.
      removeJournal(this.folder, start);
    }
    await storeWindows(db, this.gatewayId, structuredClone([...this.counts.values()]));
  }

  /** Whether all windows that have ended are in Postgres. */
  get isEmpty(): boolean {
    return this.sealed.isEmpty && this.unsealed.size === 0;
  }

  /** Bytes on disk of windows that have ended. */
  get bytes(): number {
    return this.sealed.bytes;
  }

  /** Requests whose counts were lost because too much data was waiting for Postgres. */
  get dropped(): number {
    return this.sealed.dropped + this.droppedFromMemory;
  }

  close(): void {
    this.onDisk(() => this.journal?.close());
    this.journal = undefined;
  }

  /** Shares one system call between requests that a batch completes together, made before any of their responses is sent. */
  private written(): Promise<void> {
    this.writing ??= new Promise((resolve) =>
      process.nextTick(() => {
        this.writing = undefined;
        this.onDisk(() => this.journal?.write());
        resolve();
      }),
    );
    return this.writing;
  }

  /** Seals the open window when its time is over. */
  private turn(): void {
    const start = windowStartOf(this.now());
    if (start <= this.windowStart) return;
    const over = this.windowStart;
    const isSealed = this.onDisk(() => {
      this.journal?.seal(this.counts.values());
      this.sealed.add(over);
    });
    if (!isSealed) this.keepInMemory(over);
    this.counts = new Map();
    this.windowStart = start;
    this.openJournal();
  }

  private openJournal(): void {
    this.journal = undefined;
    this.onDisk(() => {
      this.journal = new WindowJournal(this.folder, this.windowStart, this.counts.values());
    });
  }

  private countsOf(id: string, key: CountKey): WindowCounts {
    const known = this.counts.get(id) ?? emptyCounts(key, this.windowStart);
    this.counts.set(id, known);
    return known;
  }

  private keepInMemory(start: number): void {
    this.unsealed.set(start, [...this.counts.values()]);
    const [oldest] = this.unsealed.keys();
    if (this.unsealed.size <= maxUnsealed || oldest === undefined) return;
    for (const { requests } of this.unsealed.get(oldest) ?? []) this.droppedFromMemory += requests;
    this.unsealed.delete(oldest);
  }

  /** Writes to disk. A full disk must not fail requests; the data in memory is still flushed. */
  private onDisk(write: () => void): boolean {
    try {
      write();
      this.hasDiskFailed = false;
      return true;
    } catch (cause) {
      this.hasDiskFailed = true;
      this.diskFailures.occur({ cause });
      return false;
    }
  }
}
