import { readdir, readFile } from "node:fs/promises";

/** A process of this machine. Ids are used again, start times are not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between the boot of the machine and its start. */
  startTime: string;
}

interface ProcessStat extends ProcessIdentity {
  state: string;
  parent: number;
  session: number;
  residentBytes: number;
}

const pageBytes = 4096;

/** Reads what Linux knows of a process; undefined when there is none. */
export async function readProcess(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // The name is in parentheses, and may contain some itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    session: Number(fields[3]),
    startTime: fields[19] ?? "",
    residentBytes: Number(fields[21]) * pageBytes,
  };
}

/** Whether a process still runs; one that has ended and that nobody waited for does not. */
export async function isRunning({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  const found = await readProcess(pid);
  return found !== undefined && found.startTime === startTime && found.state !== "Z";
}

/**
 * Resident bytes of a process and all that it started, also in sessions of their own: the wrapper gives its program one. Pages that they share
 * count for each.
 */
export async function residentBytesOf(pid: number): Promise<number> {
  const names = await readdir("/proc").catch(() => []);
  const found: ProcessStat[] = [];
  for (const name of names) {
    const one = /^[0-9]+$/.test(name) ? await readProcess(Number(name)) : undefined;
    if (one) found.push(one);
  }
  const own = new Set([pid]);
  const sessions = new Set([pid]);
  // A child may have a lower id than its parent, so one pass is not enough.
  for (let before = 0; before < own.size; ) {
    before = own.size;
    for (const one of found) {
      if (!own.has(one.parent) && !sessions.has(one.session)) continue;
      own.add(one.pid);
      if (one.session === one.pid) sessions.add(one.session);
    }
  }
  return found.reduce((sum, one) => sum + (own.has(one.pid) ? one.residentBytes : 0), 0);
}
