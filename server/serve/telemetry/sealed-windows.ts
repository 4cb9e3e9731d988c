import { statSync } from "node:fs";
import { join } from "node:path";
import { log } from "#server/base/log.ts";
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
  private readonly sizes = new Map<number, number>();
  /** Is being stored now. */
  private held: number | undefined;

  /** Takes over the windows of an earlier process. @param open the window that has not ended */
  constructor(folder: string, limitBytes: number, open: number) {
    this.folder = folder;
    this.limitBytes = limitBytes;
    for (const start of journaledWindows(folder)) if (start !== open) this.add(start);
  }

  get isEmpty(): boolean {
    return this.sizes.size === 0;
  }

  /** Adds a window. @param start of a window that was just sealed, in milliseconds since 1970 */
  add(start: number): void {
    const size = statSync(join(this.folder, `${start}.log`)).size;
    this.sizes.set(start, size);
    this.bytes += size;
    while (this.bytes > this.limitBytes) {
      const oldest = [...this.sizes.keys()].find((one) => one !== this.held);
      if (oldest === undefined) return;
      this.drop(oldest);
    }
  }

  /** Passes one window after the other to `store`, the oldest first, and deletes each once it is stored. @throws errors of `store` */
  async drain(store: (start: number) => Promise<void>): Promise<void> {
    for (const start of [...this.sizes.keys()]) {
      if (!this.sizes.has(start)) continue;
      this.held = start;
      try {
        await store(start);
      } finally {
        this.held = undefined;
      }
      this.remove(start);
    }
  }

  private drop(start: number): void {
    let requests = 0;
    for (const counts of readJournal(this.folder, start).values()) requests += counts.requests;
    this.dropped += requests;
    log.error("window.dropped", { windowStart: new Date(start).toISOString(), requests });
    this.remove(start);
  }

  private remove(start: number): void {
    removeJournal(this.folder, start);
    this.bytes -= this.sizes.get(start) ?? 0;
    this.sizes.delete(start);
  }
}
