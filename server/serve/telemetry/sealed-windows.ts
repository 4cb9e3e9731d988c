import { statSync } from "node:fs";
import { join } from "node:path";
import { log } from "#server/base/log.ts";
import type { SpoolMark } from "./spool-mark.ts";
import { startOf } from "./spool-mark.ts";
import { journaledWindows, readJournal, removeJournal } from "./window-journal.ts";

/**
 * Windows that are over and wait for Postgres, a journal each. Together they take no more room than they may: beyond it, the
 * oldest go, since what is new says more about what to do now.
 */
export class SealedWindows {
  /** Number of requests whose counts were dropped. */
  dropped = 0;
  bytes = 0;
  private readonly folder: string;
  private readonly limitBytes: number;
  private readonly sizes = new Map<SpoolMark, number>();
  /** Is being stored now. */
  private held: SpoolMark | undefined;

  /** Takes over the windows of an earlier process. @param open the window that has not ended */
  constructor(folder: string, limitBytes: number, open: SpoolMark) {
    this.folder = folder;
    this.limitBytes = limitBytes;
    for (const mark of journaledWindows(folder)) if (mark !== open) this.add(mark);
  }

  get isEmpty(): boolean {
    return this.sizes.size === 0;
  }

  /** Adds a window that was just sealed, and drops the oldest ones beyond the limit. */
  add(mark: SpoolMark): void {
    this.bytes -= this.sizes.get(mark) ?? 0;
    const { size } = statSync(join(this.folder, `${mark}.log`));
    this.sizes.set(mark, size);
    this.bytes += size;
    while (this.bytes > this.limitBytes && this.dropOldest());
  }

  /** Makes room on disk. @returns whether there was a window to drop */
  dropOldest(): boolean {
    const oldest = [...this.sizes.keys()].find((one) => one !== this.held);
    if (oldest === undefined) return false;
    let requests = 0;
    for (const counts of readJournal(this.folder, oldest).values()) requests += counts.requests;
    this.dropped += requests;
    log.error("window.dropped", { windowStart: new Date(startOf(oldest)).toISOString(), requests });
    this.remove(oldest);
    return true;
  }

  /** Passes one window after the other to `store`, the oldest first, and deletes each once it is stored. @throws errors of `store` */
  async drain(store: (mark: SpoolMark) => Promise<void>): Promise<void> {
    for (const mark of [...this.sizes.keys()]) {
      if (!this.sizes.has(mark)) continue;
      this.held = mark;
      try {
        await store(mark);
      } finally {
        this.held = undefined;
      }
      this.remove(mark);
    }
  }

  private remove(mark: SpoolMark): void {
    removeJournal(this.folder, mark);
    this.bytes -= this.sizes.get(mark) ?? 0;
    this.sizes.delete(mark);
  }
}
