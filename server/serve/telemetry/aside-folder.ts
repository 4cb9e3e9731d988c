import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";

/** Files beyond this number go, the oldest first. */
const maxFiles = 32;
const maxBytes = 16 * 2 ** 20;
/** Counts may name values of requests, so a file stays no longer than the minutes that it came from. */
const retentionMs = 3 * dayMs;

/**
 * Data of a spool that cannot be read, or that Postgres rejects. It is moved out of the way, so that it stops nothing else, and named in
 * the log. Nothing here throws: a disk that takes no more must not stop the rest either.
 */
export class AsideFolder {
  private readonly folder: string;

  /** @param spool folder of the spool */
  constructor(spool: string) {
    this.folder = join(spool, "aside");
  }

  /** Stores lines. @param name of a file, to which they are added */
  addLines(name: string, lines: readonly string[], reason: string): void {
    if (lines.length === 0) return;
    this.report({ file: name, lines: lines.length, reason }, () =>
      appendFileSync(join(this.folder, name), lines.map((line) => `${line}\n`).join("")),
    );
  }

  /** Moves a file here. */
  addFile(path: string, reason: string): void {
    const name = basename(path);
    this.report({ file: name, reason }, () => renameSync(path, join(this.folder, name)));
  }

  private report(what: { file: string; lines?: number; reason: string }, write: () => void): void {
    try {
      mkdirSync(this.folder, { recursive: true });
      write();
      log.error("telemetry.set_aside", { ...what, folder: this.folder });
      this.bound();
    } catch (cause) {
      log.error("telemetry.set_aside_failed", { ...what, folder: this.folder, cause });
    }
  }

  private bound(): void {
    const files = readdirSync(this.folder)
      .map((name) => {
        const path = join(this.folder, name);
        const { size, mtimeMs } = statSync(path);
        return { path, size, mtimeMs };
      })
      .sort((one, other) => other.mtimeMs - one.mtimeMs);
    let bytes = 0;
    for (const [index, { path, size, mtimeMs }] of files.entries()) {
      bytes += size;
      const isOld = Date.now() - mtimeMs > retentionMs;
      if (index >= maxFiles || isOld || (bytes > maxBytes && index > 0)) rmSync(path, { force: true });
    }
  }
}
