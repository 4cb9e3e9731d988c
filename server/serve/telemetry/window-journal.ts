import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CountKey } from "../windows/count-key.ts";
import { AppendFile } from "./append-file.ts";
import { parseLine } from "./journal-line.ts";
import type { CountLimits } from "./limits.ts";
import { draftEnding, replaceFile } from "./replace-file.ts";
import { latestMark, type SpoolMark, startOf } from "./spool-mark.ts";
import { count, emptyCounts, type Observation, type WindowCounts } from "./window-counts.ts";

/**
 * The requests of one window on disk, one short line each, written before the responses are sent: data is safe from `kill -9` of the
 * process once the system call has returned. Lines: "k" names a key and the machine that counts, "l" the limits at which its requests count
 * from there on, "r" is a request of it, "s" one that the prediction log sampled, "a" a complete count.
 */
export class WindowJournal {
  private readonly path: string;
  private readonly machine: string;
  private readonly file: AppendFile;
  /** Whether everything that was counted is on disk. */
  private hasAll = true;
  /** Lines that write() has not written yet. */
  private lines = "";
  private readonly keys = new Map<string, number>();
  /** Limits by the number of the key. */
  private readonly limits = new Map<number, CountLimits | undefined>();

  /** @param machine name of the machine that counts @param counts known counts of this window, read from the same file */
  constructor(folder: string, mark: SpoolMark, machine: string, counts: Iterable<WindowCounts> = []) {
    this.path = pathOf(folder, mark);
    this.machine = machine;
    replaceFile(this.path, textOf(counts));
    this.file = new AppendFile(this.path);
  }

  /** Records that a key is served, even if no request arrives. */
  touch(id: string, key: CountKey): number {
    const known = this.keys.get(id);
    if (known !== undefined) return known;
    const { workspaceId, endpointId, versionId, arm, provider } = key;
    const index = this.keys.size;
    this.keys.set(id, index);
    const named = { workspaceId, endpointId, versionId, arm, provider, machine: this.machine };
    this.lines += `k ${index} ${JSON.stringify(named)}\n`;
    return index;
  }

  add(id: string, key: CountKey, observation: Observation): void {
    const { status, rows, latencyMs, queueMs, computeMs, deviceMs = 0, limits, ...rare } = observation;
    const index = this.touch(id, key);
    if (this.limits.get(index) !== limits) this.noteLimits(index, limits);
    const times = `${latencyMs.toFixed(3)} ${queueMs.toFixed(3)} ${computeMs.toFixed(3)} ${deviceMs.toFixed(3)}`;
    const isPlain =
      !rare.sharedBy &&
      !rare.cascade &&
      !rare.isTask &&
      rare.featureAgeMs === undefined &&
      (rare.violations ?? []).length === 0;
    this.lines += `r ${index} ${status} ${rows} ${times}${isPlain ? "" : ` ${JSON.stringify(rare)}`}\n`;
  }

  /** Records that the prediction log has a request of a key as part of its random sample. */
  addSampled(id: string, key: CountKey): void {
    this.lines += `s ${this.touch(id, key)}\n`;
  }

  /** Writes what was noted. It is on disk when this returns. @throws when the disk takes nothing; what was noted is dropped then */
  write(): void {
    const { lines } = this;
    this.lines = "";
    if (!lines) return;
    try {
      this.file.append(lines);
    } catch (error) {
      this.hasAll = false;
      // The names of keys may be among what was dropped.
      this.keys.clear();
      this.limits.clear();
      throw error;
    }
  }

  private noteLimits(index: number, limits: CountLimits | undefined): void {
    this.limits.set(index, limits);
    this.lines += `l ${index} ${JSON.stringify(limits ?? null)}\n`;
  }

  /**
   * Seals a window that has ended: its requests become one line per key. A disk without room for that leaves the lines, if it has them all.
   * @throws when counts are missing on disk
   */
  seal(counts: Iterable<WindowCounts>): void {
    try {
      this.close();
    } catch {
      // What was not written is in the counts.
    }
    try {
      replaceFile(this.path, textOf(counts));
    } catch (error) {
      if (!this.hasAll) throw error;
    }
  }

  /** Closes the file when the process exits; the window may continue in the next one. */
  close(): void {
    try {
      this.write();
    } finally {
      this.file.close();
    }
  }
}

/** Lists the windows that have a journal, in the order of their marks. */
export function journaledWindows(folder: string): SpoolMark[] {
  return readdirSync(folder)
    .map((name) => /^(\d+)\.log$/.exec(name)?.[1])
    .filter((start) => start !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Returns the window that was opened last; undefined without any. */
export function latestWindow(folder: string): SpoolMark | undefined {
  return latestMark(journaledWindows(folder));
}

/** Removes journals that a killed process had not completed; their content before is there. */
export function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) if (name.endsWith(draftEnding)) rmSync(join(folder, name), { force: true });
}

/**
 * Reads the counts of a journal. An incomplete last line, cut off while it was written, is ignored: no response was sent for it.
 * @param onUnreadable receives lines that are no counts
 */
export function readJournal(
  folder: string,
  mark: SpoolMark,
  onUnreadable: (line: string) => void = () => {},
): Map<string, WindowCounts> {
  const counts = new Map<string, WindowCounts>();
  const keys = new Map<string, WindowCounts>();
  const limits = new Map<string, CountLimits | undefined>();
  const windowStart = startOf(mark);
  const lines = readFileSync(pathOf(folder, mark), "utf8").split("\n");
  for (const text of lines.slice(0, -1)) {
    const line = parseLine(text);
    const known = line?.kind === "request" || line?.kind === "sampled" ? keys.get(line.index) : undefined;
    if (line?.kind === "counts") {
      const empty = emptyCounts(line.counts, windowStart, line.counts.machine);
      counts.set(idOf(line.counts), { ...empty, ...line.counts, windowStart });
    } else if (line?.kind === "key") {
      const named = counts.get(idOf(line.key)) ?? emptyCounts(line.key, windowStart, line.machine);
      counts.set(idOf(line.key), named);
      keys.set(line.index, named);
    } else if (line?.kind === "limits") {
      limits.set(line.index, line.limits);
    } else if (line?.kind === "request" && known) {
      count(known, { ...line.observation, limits: limits.get(line.index) });
    } else if (line?.kind === "sampled" && known) {
      known.sampled += 1;
    } else {
      onUnreadable(text);
    }
  }
  return counts;
}

/** Writes the counts of a window in place of its journal. @throws when the disk does not take them; the journal remains then */
export function writeJournal(folder: string, mark: SpoolMark, counts: Iterable<WindowCounts>): void {
  replaceFile(pathOf(folder, mark), textOf(counts));
}

export function removeJournal(folder: string, mark: SpoolMark): void {
  rmSync(pathOf(folder, mark), { force: true });
}

/** Returns an id that identifies a key in memory. */
export function idOf(key: CountKey): string {
  const known = ids.get(key);
  if (known !== undefined) return known;
  const { endpointId, versionId, arm, provider } = key;
  const id = `${endpointId} ${versionId} ${arm} ${provider}`;
  ids.set(key, id);
  return id;
}

/** Joining and hashing the parts for each request costs more than counting it. */
const ids = new WeakMap<CountKey, string>();

function textOf(counts: Iterable<WindowCounts>): string {
  return Array.from(counts, (entry) => `a ${JSON.stringify(entry)}\n`).join("");
}

function pathOf(folder: string, mark: SpoolMark): string {
  return join(folder, `${mark}.log`);
}
