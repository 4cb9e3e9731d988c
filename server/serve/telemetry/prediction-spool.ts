import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppendFile } from "./append-file.ts";

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
  private file: AppendFile | undefined;
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
    this.file ??= new AppendFile(this.pathOf(this.next));
    this.file.append(`${line}\n`);
    this.bytes += size;
    if (this.file.bytes >= segmentBytes) this.rotate();
    return true;
  }

  /** Hands the lines of one segment after the other to `store`, and removes each when it was stored. @throws what `store` throws */
  async drain(store: (lines: string[]) => Promise<void>): Promise<void> {
    this.rotate();
    const last = this.next;
    for (const segment of this.segments()) {
      if (segment >= last) return;
      const content = readFileSync(this.pathOf(segment));
      // A last line without an end was cut off while it was written.
      const lines = content.toString("utf8").split("\n").slice(0, -1);
      if (lines.length > 0) await store(lines);
      rmSync(this.pathOf(segment), { force: true });
      this.bytes = Math.max(0, this.bytes - content.length);
    }
  }

  /** Number of bytes on disk that are still to be sent. */
  get waitingBytes(): number {
    return this.bytes;
  }

  get isEmpty(): boolean {
    return this.segments().length === 0;
  }

  close(): void {
    this.rotate();
  }

  private rotate(): void {
    if (this.file === undefined) return;
    this.file.close();
    this.file = undefined;
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
