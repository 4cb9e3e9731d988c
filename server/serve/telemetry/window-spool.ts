import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import { type CountKey, windowStartOf } from "../windows/count-key.ts";
import { AsideFolder } from "./aside-folder.ts";
import { finiteObservation } from "./finite-observation.ts";
import { SealedWindows } from "./sealed-windows.ts";
import { nextMark, type SpoolMark, startOf, writerOf } from "./spool-mark.ts";
import { storeWindows } from "./store-windows.ts";
import { count, emptyCounts, type Observation, type WindowCounts } from "./window-counts.ts";
import {
  idOf,
  latestWindow,
  readJournal,
  removeDrafts,
  removeJournal,
  WindowJournal,
  writeJournal,
} from "./window-journal.ts";

/** Maximum number of windows in memory while the disk cannot be written: ten minutes. */
const maxUnsealed = 60;
/** A clock that is set back by no more leaves the window open: its requests count a little later. */
const toleratedMs = 60_000;

interface WindowSpoolOptions {
  /** Returns milliseconds since 1970. */
  now?: () => number;
  /** Name of this machine, which stands in the windows: costs are those of the machine that counted. */
  machine?: string;
  /** Maximum number of bytes on disk of windows that have ended. */
  limitBytes?: number;
}

/**
 * Counts requests by key and window. The window that is open is in memory and in its journal; older ones are in their
 * journals only, until Postgres has them. So neither the death of this process nor an absent Postgres loses a window. What cannot be
 * read, or what Postgres rejects, is set aside alone.
 */
export class WindowSpool {
  private readonly folder: string;
  private readonly gatewayId: string;
  private readonly now: () => number;
  private readonly machine: string;
  private counts = new Map<string, WindowCounts>();
  /** Of the open window. */
  private mark: SpoolMark;
  /** Undefined while the disk takes nothing. */
  private journal: WindowJournal | undefined;
  hasDiskFailed = false;
  private readonly diskFailures = new RepeatedEvent<{ cause: unknown }>((fields) =>
    log.error("telemetry.not_journaled", fields),
  );
  private readonly rejections = new RepeatedEvent<{ rows: number; reason: string }>((fields) =>
    log.error("window.rejected", fields),
  );
  /** Resolves when what was counted in this moment is on disk. */
  private writing: Promise<void> | undefined;
  private readonly sealed: SealedWindows;
  /** Windows that are over and that the disk did not take, until Postgres has them. */
  private readonly unsealed = new Map<SpoolMark, WindowCounts[]>();
  private readonly aside: AsideFolder;
  private lost = 0;

  /** Resumes where an earlier process with the same folder stopped. */
  constructor(folder: string, gatewayId: string, options: WindowSpoolOptions = {}) {
    const { now = Date.now, machine = "", limitBytes = Number.POSITIVE_INFINITY } = options;
    mkdirSync(folder, { recursive: true });
    removeDrafts(folder);
    this.folder = folder;
    this.gatewayId = gatewayId;
    this.now = now;
    this.machine = machine;
    this.aside = new AsideFolder(folder);
    const latest = latestWindow(folder);
    this.mark = nextMark(latest, windowStartOf(now()), toleratedMs);
    if (this.mark === latest) this.counts = this.read(latest);
    this.sealed = new SealedWindows(folder, limitBytes, this.mark);
    this.openJournal();
  }

  /** Counts one request. When its promise resolves, the request survives the death of the process. It never rejects. */
  add(key: CountKey, given: Observation): Promise<void> {
    const observation = finiteObservation(given);
    this.turn();
    const id = idOf(key);
    this.journal?.add(id, key, observation);
    count(this.countsOf(id, key), observation);
    return this.written();
  }

  /** Counts that the prediction log has a request as part of its random sample. It is on disk a moment later. */
  addSampled(key: CountKey): void {
    this.turn();
    const id = idOf(key);
    this.journal?.addSampled(id, key);
    this.countsOf(id, key).sampled += 1;
    void this.written();
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
    await this.sealed.drain(async (mark) => this.setAside(mark, await this.store(db, mark, this.read(mark).values())));
    for (const [mark, counts] of [...this.unsealed]) {
      this.setAside(mark, await this.store(db, mark, counts));
      this.unsealed.delete(mark);
      // Its journal contains less, and must not be stored after it.
      removeJournal(this.folder, mark);
    }
    // What Postgres rejects of the open window is set aside once the window is over.
    await this.store(db, this.mark, structuredClone([...this.counts.values()]));
  }

  /** Whether all windows that have ended are in Postgres. */
  get isEmpty(): boolean {
    return this.sealed.isEmpty && this.unsealed.size === 0;
  }

  /** Bytes on disk of windows that have ended. */
  get bytes(): number {
    return this.sealed.bytes;
  }

  /** Requests whose counts were lost: too much data was waiting for Postgres, or it was set aside. */
  get dropped(): number {
    return this.sealed.dropped + this.lost;
  }

  close(): void {
    this.onDisk(() => this.journal?.close());
    this.journal = undefined;
  }

  /** @returns what Postgres rejects */
  private async store(db: Database, mark: SpoolMark, counts: Iterable<WindowCounts>): Promise<WindowCounts[]> {
    const { rejected, reason } = await storeWindows(db, writerOf(this.gatewayId, mark), [...counts]);
    if (rejected.length > 0) this.rejections.occur({ rows: rejected.length, reason });
    return rejected;
  }

  private setAside(mark: SpoolMark, rejected: readonly WindowCounts[]): void {
    for (const { requests } of rejected) this.lost += requests;
    const lines = rejected.map((counts) => `a ${JSON.stringify(counts)}`);
    this.aside.addLines(`${mark}.log`, lines, "Postgres rejects these counts.");
  }

  /** Reads a window, and sets aside the lines that are no counts. */
  private read(mark: SpoolMark): Map<string, WindowCounts> {
    const unreadable: string[] = [];
    let counts = new Map<string, WindowCounts>();
    try {
      counts = readJournal(this.folder, mark, (line) => unreadable.push(line));
    } catch (cause) {
      this.aside.addFile(join(this.folder, `${mark}.log`), `The file cannot be read: ${(cause as Error).message}`);
    }
    if (unreadable.length === 0) return counts;
    this.lost += unreadable.length;
    this.aside.addLines(`${mark}.log`, unreadable, "These lines cannot be read.");
    // Without them, so that the next reading does not find them again.
    this.onDisk(() => writeJournal(this.folder, mark, counts.values()));
    return counts;
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

  /** Seals the open window when its time is over, or when the clock was set back. */
  private turn(): void {
    const next = nextMark(this.mark, windowStartOf(this.now()), toleratedMs);
    if (next === this.mark) return;
    const over = this.mark;
    const counts = [...this.counts.values()];
    const isSealed = this.onDisk(() => {
      if (this.journal) this.journal.seal(counts);
      else writeJournal(this.folder, over, counts);
      this.sealed.add(over);
    });
    if (isSealed) this.sealWaiting();
    else this.holdInMemory(over, counts);
    this.counts = new Map();
    this.mark = next;
    this.openJournal();
  }

  private openJournal(): void {
    this.journal = undefined;
    this.onDisk(() => {
      this.journal = new WindowJournal(this.folder, this.mark, this.machine, this.counts.values());
    });
  }

  private countsOf(id: string, key: CountKey): WindowCounts {
    const known = this.counts.get(id) ?? emptyCounts(key, startOf(this.mark), this.machine);
    this.counts.set(id, known);
    return known;
  }

  /** Writes windows in memory to a disk that takes data again: Postgres may be away, and this process may end. */
  private sealWaiting(): void {
    for (const [mark, counts] of [...this.unsealed]) if (!this.trySeal(mark, counts)) return;
  }

  private trySeal(mark: SpoolMark, counts: readonly WindowCounts[]): boolean {
    return this.onDisk(() => {
      writeJournal(this.folder, mark, counts);
      this.sealed.add(mark);
      this.unsealed.delete(mark);
    });
  }

  /** Keeps a window that the disk does not take. When memory is full, the oldest on disk makes room: newer data says more. */
  private holdInMemory(mark: SpoolMark, counts: WindowCounts[]): void {
    this.unsealed.set(mark, counts);
    const [oldest] = this.unsealed.keys();
    if (this.unsealed.size <= maxUnsealed || oldest === undefined) return;
    const waiting = this.unsealed.get(oldest) ?? [];
    if (this.sealed.dropOldest() && this.trySeal(oldest, waiting)) return;
    for (const { requests } of waiting) this.lost += requests;
    this.unsealed.delete(oldest);
    this.onDisk(() => removeJournal(this.folder, oldest));
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
