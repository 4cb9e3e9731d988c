import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { CountKey } from "../windows/count-key.ts";
import type { CountLimits } from "./limits.ts";
import { count, emptyCounts, type Observation, type WindowCounts } from "./window-counts.ts";

/**
 * The requests of one window on disk, one short line each, written before the answers are sent: what the system call has
 * returned from survives `kill -9` of the process. Lines: "k" names a key, "l" says at which limits its requests count from there on,
 * "r" is a request of it, "a" a whole count.
 */
export class WindowJournal {
  private readonly path: string;
  private readonly file: number;
  /** Lines that write() has not written yet. */
  private lines = "";
  private readonly keys = new Map<string, number>();
  /** By the number of the key. */
  private readonly limits = new Map<number, CountLimits | undefined>();

  /** @param counts what is known of this window already; it has been read from the same file. */
  constructor(folder: string, windowStart: number, counts: Iterable<WindowCounts> = []) {
    this.path = pathOf(folder, windowStart);
    writeJournal(this.path, counts);
    this.file = openSync(this.path, "a");
  }

  /** Notes that a key is served, even if no request comes. */
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

  /** The window is over: its requests become one line per key. */
  seal(counts: Iterable<WindowCounts>): void {
    this.close();
    writeJournal(this.path, counts);
  }

  /** The process ends; the window may go on in the next one. */
  close(): void {
    try {
      this.write();
    } finally {
      closeSync(this.file);
    }
  }
}

/** What a release that did not tell the provider has left. */
const releaseBefore = { provider: "none" } as const;

/** Windows that have a journal, oldest first, as milliseconds since 1970. */
export function journaledWindows(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => /^(\d+)\.log$/.exec(name)?.[1])
    .filter((start) => start !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** What a journal counts up to. A last line that was cut off while it was written is left out. */
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

/** Six numbers, five in journals of before, and in JSON what few requests have: a broken input contract, an answer without the model, a cascade. */
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

/** Tells keys apart in memory. */
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

/** "k 3 {…}" becomes "3" and "{…}"; what follows may hold spaces. */
function splitTwice(line: string): [string, string] {
  const space = line.indexOf(" ", 2);
  return space < 0 ? [line.slice(2), ""] : [line.slice(2, space), line.slice(space + 1)];
}

function pathOf(folder: string, windowStart: number): string {
  return join(folder, `${windowStart}.log`);
}
