import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { CountKey } from "../windows/count-key.ts";
import type { CountLimits } from "./limits.ts";
import { count, emptyCounts, type Observation, type WindowCounts } from "./window-counts.ts";

/**
 * The requests of one window on disk, one short line each, written before the responses are sent: data is safe from `kill -9` of the
 * process once the system call has returned. Lines: "k" names a key, "l" the limits at which its requests count from there on, "r" is
 * a request of it, "a" a complete count.
 */
export class WindowJournal {
  private readonly path: string;
  private readonly file: number;
  /** Lines that write() has not written yet. */
  private lines = "";
  private readonly keys = new Map<string, number>();
  /** Limits by the number of the key. */
  private readonly limits = new Map<number, CountLimits | undefined>();

  /** @param counts known counts of this window, read from the same file. */
  constructor(folder: string, windowStart: number, counts: Iterable<WindowCounts> = []) {
    this.path = pathOf(folder, windowStart);
    writeJournal(this.path, counts);
    this.file = openSync(this.path, "a");
  }

  /** Records that a key is served, even if no request arrives. */
  touch(id: string, key: CountKey): number {
    const known = this.keys.get(id);
    if (known !== undefined) return known;
    const { workspaceId, endpointId, versionId, arm, provider } = key;
    const index = this.keys.size;
    this.keys.set(id, index);
    this.lines += `k ${index} ${JSON.stringify({ workspaceId, endpointId, versionId, arm, provider })}\n`;
    return index;
  }

  add(id: string, key: CountKey, observation: Observation): void {
    const { status, rows, latencyMs, queueMs, computeMs, deviceMs = 0, limits, ...rare } = observation;
    const index = this.touch(id, key);
    if (this.limits.get(index) !== limits) this.noteLimits(index, limits);
    const times = `${latencyMs.toFixed(3)} ${queueMs.toFixed(3)} ${computeMs.toFixed(3)} ${deviceMs.toFixed(3)}`;
    const isPlain =
      !rare.sharedBy && !rare.cascade && rare.featureAgeMs === undefined && (rare.violations ?? []).length === 0;
    this.lines += `r ${index} ${status} ${rows} ${times}${isPlain ? "" : ` ${JSON.stringify(rare)}`}\n`;
  }

  /** Writes what was noted. It is on disk when this returns. @throws when the disk takes nothing; what was noted is dropped then */
  write(): void {
    const { lines } = this;
    this.lines = "";
    if (!lines) return;
    try {
      writeSync(this.file, lines);
    } catch (error) {
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

  /** Seals a window that has ended: its requests become one line per key. */
  seal(counts: Iterable<WindowCounts>): void {
    this.close();
    writeJournal(this.path, counts);
  }

  /** Closes the file when the process exits; the window may continue in the next one. */
  close(): void {
    try {
      this.write();
    } finally {
      closeSync(this.file);
    }
  }
}

/** Default for journals of a release that did not record the provider. */
const releaseBefore = { provider: "none" } as const;

/** Lists the windows that have a journal, oldest first, as milliseconds since 1970. */
export function journaledWindows(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => /^(\d+)\.log$/.exec(name)?.[1])
    .filter((start) => start !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Reads the counts of a journal. An incomplete last line, cut off while it was written, is ignored. */
export function readJournal(folder: string, windowStart: number): Map<string, WindowCounts> {
  const counts = new Map<string, WindowCounts>();
  const keys = new Map<string, WindowCounts>();
  const limits = new Map<string, CountLimits | undefined>();
  const lines = readFileSync(pathOf(folder, windowStart), "utf8").split("\n");
  for (const line of lines.slice(0, -1)) {
    const [index, rest] = splitTwice(line);
    if (line.startsWith("a")) {
      const entry = { ...releaseBefore, ...(JSON.parse(line.slice(2)) as WindowCounts) };
      counts.set(idOf(entry), { ...emptyCounts(entry, windowStart), ...entry });
    } else if (line.startsWith("k")) {
      const key = { ...releaseBefore, ...(JSON.parse(rest) as CountKey) };
      const known = counts.get(idOf(key)) ?? emptyCounts(key, windowStart);
      counts.set(idOf(key), known);
      keys.set(index, known);
    } else if (line.startsWith("l")) {
      limits.set(index, (JSON.parse(rest) as CountLimits | null) ?? undefined);
    } else {
      const known = keys.get(index);
      if (known) count(known, { ...readObservation(rest), limits: limits.get(index) });
    }
  }
  return counts;
}

/**
 * Parses six numbers, five in older journals, followed by rare properties in JSON: a violated input contract, a response without the
 * model, a cascade.
 */
function readObservation(text: string): Observation {
  const start = text.indexOf("{");
  const numbers = (start < 0 ? text : text.slice(0, start)).split(" ").map(Number);
  const [status = 0, rows = 0, latencyMs = 0, queueMs = 0, computeMs = 0, deviceMs] = numbers;
  const rare = start < 0 ? {} : (JSON.parse(text.slice(start)) as Partial<Observation>);
  return { status, rows, latencyMs, queueMs, computeMs, deviceMs: deviceMs || 0, ...rare };
}

export function removeJournal(folder: string, windowStart: number): void {
  rmSync(pathOf(folder, windowStart), { force: true });
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

function writeJournal(path: string, counts: Iterable<WindowCounts>): void {
  const lines = Array.from(counts, (entry) => `a ${JSON.stringify(entry)}\n`);
  writeFileSync(`${path}.new`, lines.join(""));
  renameSync(`${path}.new`, path);
}

/** Splits "k 3 {…}" into "3" and "{…}"; the last part may contain spaces. */
function splitTwice(line: string): [string, string] {
  const space = line.indexOf(" ", 2);
  return space < 0 ? [line.slice(2), ""] : [line.slice(2, space), line.slice(space + 1)];
}

function pathOf(folder: string, windowStart: number): string {
  return join(folder, `${windowStart}.log`);
}
