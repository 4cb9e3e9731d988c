import { execFile } from "node:child_process";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { parsedJson } from "#server/base/parsed-json.ts";

export interface Lock {
  /** Whether the lock was taken over from a Leeway process that was killed. */
  isImported: boolean;
  release(): Promise<void>;
}

export interface Holder {
  pid: number;
  /** Distinguishes this process from a later one with the same pid. */
  identity: string;
  host: string;
}

const heartbeatMs = 5_000;
/** A holder on another machine or in another container cannot be inspected; its heartbeat can. */
const silentMs = 3 * heartbeatMs;

/**
 * Acquires a lock file, or returns its holder. On the same machine the holder's process is checked, so the lock of a killed process is
 * free at once; the lock of another machine is free when its heartbeat has stopped, for which this waits.
 */
export async function acquireLock(file: string): Promise<Lock | Holder> {
  const own: Holder = { pid: process.pid, identity: (await identityOf(process.pid)) ?? "", host: hostname() };
  let isImported = false;
  while (!(await create(file, JSON.stringify(own)))) {
    const text = await readFile(file, "utf8").catch(() => "");
    const holder = parsedJson(text) as Holder | undefined;
    if (holder && (await isHeld(file, holder))) return holder;
    isImported ||= await setAside(file, text);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, heartbeatMs);
  heartbeat.unref();
  return {
    isImported,
    release: async () => {
      clearInterval(heartbeat);
      await rm(file, { force: true });
    },
  };
}

/** Appears with its content or not at all. @returns false when there is one already. */
async function create(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isHeld(file: string, holder: Holder): Promise<boolean> {
  if (holder.host === hostname()) return (await identityOf(holder.pid)) === holder.identity;
  const seen = async () => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
  const last = await seen();
  for (const end = Date.now() + silentMs; Date.now() < end; await pause(500)) {
    if ((await seen()) !== last) return true;
  }
  return false;
}

/** Removes a stale lock, unless another process has replaced it in the meantime. @returns whether it did. */
async function setAside(file: string, staleText: string): Promise<boolean> {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch {
    return false;
  }
  if ((await readFile(aside, "utf8")) !== staleText) {
    await rename(aside, file);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}

/** Returns the start time of a process, in the system's own format; undefined when no process has that pid. */
async function identityOf(pid: number): Promise<string | undefined> {
  const linux = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // Fields 3 and 22, counted after the command in brackets, which may hold spaces: proc_pid_stat(5). Z has ended already.
  const [state, ...fields] = linux?.slice(linux.lastIndexOf(")") + 2).split(" ") ?? [];
  if (state) return state === "Z" ? undefined : fields[18];
  if (process.platform === "linux") return undefined;
  const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.trim() || undefined;
}
