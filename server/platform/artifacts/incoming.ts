import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { dayMs } from "#server/base/durations.ts";

/** Age at which a partial file of another machine counts as abandoned because its process cannot be checked. */
const foreignAgeMs = dayMs;

/**
 * Returns the name of a file that this process is writing: it contains the machine and the process, which lets others detect abandoned
 * files.
 */
export function incomingName(id: string): string {
  return `${encodeURIComponent(hostname())}~${process.pid}~${id}`;
}

/** Removes partial files and folders whose process has ended. */
export async function removeAbandoned(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (await isAbandoned(path, name, now)) await rm(path, { recursive: true, force: true });
  }
}

async function isAbandoned(path: string, name: string, now: number): Promise<boolean> {
  const [host = "", pid = ""] = name.split("~");
  if (host === encodeURIComponent(hostname())) return !isAlive(Number(pid));
  const info = await stat(path).catch(() => undefined);
  return info !== undefined && now - info.mtimeMs > foreignAgeMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
