import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { dayMs } from "#server/base/durations.ts";

/** After this long, a half-written file of another machine counts as abandoned; whether its process lives cannot be asked. */
const foreignAgeMs = dayMs;

/** Name of a file that this process is writing: the machine and process are in it, so that others know when it is abandoned. */
export function incomingName(id: string): string {
  return `${encodeURIComponent(hostname())}~${process.pid}~${id}`;
}

/** Removes half-written files and folders whose process is gone. */
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
