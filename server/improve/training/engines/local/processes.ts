import { readdir, readFile } from "node:fs/promises";

/** A process of this machine. Ids are used again, start times are not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between the boot of the machine and its start. */
  startTime: string;
}

interface ProcessStat extends ProcessIdentity {
  state: string;
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

/** Resident bytes of all processes of a session, which has the id of its first one. Pages that they share count for each. */
export async function residentBytesOf(session: number): Promise<number> {
  const names = await readdir("/proc").catch(() => []);
  let total = 0;
  for (const name of names) {
    const found = /^[0-9]+$/.test(name) ? await readProcess(Number(name)) : undefined;
    if (found?.session === session) total += found.residentBytes;
  }
  return total;
}
