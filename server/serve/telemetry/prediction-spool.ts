import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Small, so that reading and sending one segment never holds up requests. */
const segmentBytes = 256 * 1024;

/**
 * Lines on disk that wait to be stored, oldest first, in files of limited size. Nothing is held in memory, and what was
 * added survives the death of the process.
 */
export class PredictionSpool {
  private readonly folder: string;
  /** Maximum number of bytes on disk; further data is dropped. */
  private readonly limitBytes: number;
  private file: number | undefined;
  private fileBytes = 0;
  private next: number;
  private bytes: number;

  constructor(folder: string, limitBytes: number) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.limitBytes = limitBytes;
    const segments = this.segments();
    this.next = (segments.at(-1) ?? 0) + 1;
    this.bytes = segments.reduce((sum, segment) => sum + statSync(this.pathOf(segment)).size, 0);
  }

  /** Appends one line. @returns false when it was dropped, since the spool is full. @throws when the disk takes nothing */
  add(line: string): boolean {
    const size = Buffer.byteLength(line) + 1;
    if (this.bytes + size > this.limitBytes) return false;
    if (this.file === undefined) {
      this.file = openSync(this.pathOf(this.next), "a");
      this.fileBytes = 0;
    }
    writeSync(this.file, `${line}\n`);
    this.bytes += size;
    this.fileBytes += size;
    if (this.fileBytes >= segmentBytes) this.rotate();
    return true;
  }

  /** Hands the lines of one segment after the other to `store`, and removes each when it was stored. @throws what `store` throws */
  async drain(store: (lines: string[]) => Promise<void>): Promise<void> {
    this.rotate();
    const last = this.next;
    for (const segment of this.segments()) {
      if (segment >= last) return;
      const text = readFileSync(this.pathOf(segment), "utf8");
      // A last line without an end was cut off while it was written.
      const lines = text.split("\n").slice(0, -1);
      if (lines.length > 0) await store(lines);
      rmSync(this.pathOf(segment), { force: true });
      this.bytes = Math.max(0, this.bytes - Buffer.byteLength(text));
    }
  }

  /** Number of bytes on disk that are still to be sent. */
  get waitingBytes(): number {
    return this.bytes;
  }

  get isEmpty(): boolean {
    return this.fileBytes === 0 && this.segments().length === 0;
  }

  close(): void {
    this.rotate();
  }

  private rotate(): void {
    if (this.file === undefined) return;
    closeSync(this.file);
    this.file = undefined;
    this.fileBytes = 0;
    this.next += 1;
  }

  private segments(): number[] {
    return readdirSync(this.folder)
      .map((name) => Number(/^(\d+)\.ndjson$/.exec(name)?.[1]))
      .filter((segment) => segment > 0)
      .sort((a, b) => a - b);
  }

  private pathOf(segment: number): string {
    return join(this.folder, `${String(segment).padStart(12, "0")}.ndjson`);
  }
}
