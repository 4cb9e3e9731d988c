import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { dayMs, minuteMs } from "#server/base/durations.ts";

/**
 * Age at which a partial file counts as abandoned although its process may be alive: one of another machine cannot be checked, and the number
 * of a dead process is given to another one, in a container at every start.
 */
const foreignAgeMs = dayMs;

/**
 * Returns the name of a file that this process is writing: it contains the machine and the process, which lets others detect abandoned
 * files.
 */
export function incomingName(id: string): string {
  return `${encodeURIComponent(hostname())}~${process.pid}~${id}`;
}

/** Longest difference between the clocks of this machine and a file system that it mounts. */
const clockSkewMs = minuteMs;

/** Removes partial files and folders whose process has ended. */
export async function removeAbandoned(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isAbandoned(path, name, now)) await rm(path, { recursive: true, force: true });
  }
}

async function isAbandoned(path: string, name: string, now: number): Promise<boolean> {
  const [host = "", pid = ""] = name.split("~");
  const isHere = host === encodeURIComponent(hostname());
  if (isHere && !isAlive(Number(pid))) return true;
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return false;
  // Written before this process started: by an earlier one with the same number.
  if (isHere && Number(pid) === process.pid) return info.mtimeMs < performance.timeOrigin - clockSkewMs;
  return now - info.mtimeMs > foreignAgeMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
