import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

/** Process id of a role, found among the children of the supervisor. */
export async function roleProcess(supervisor: number, role: string): Promise<number> {
  const found = (await processes()).find(
    ({ parent, command }) => parent === supervisor && command.endsWith(` ${role}`),
  );
  if (!found) throw new Error(`There is no process of the role "${role}".`);
  return found.pid;
}

/** Returns the ids of a process's running child processes. */
export async function childrenOf(pid: number): Promise<number[]> {
  return (await processes())
    .filter(({ parent, command }) => parent === pid && !/^ps |<defunct>/.test(command))
    .map(({ pid }) => pid);
}

/** Suspends all processes of a Postgres server without ending it: connections stay open and nothing responds. */
export async function freeze(postmaster: number): Promise<() => void> {
  const all = [postmaster, ...(await processes()).filter(({ parent }) => parent === postmaster).map(({ pid }) => pid)];
  for (const pid of all) process.kill(pid, "SIGSTOP");
  return () => {
    for (const pid of all) process.kill(pid, "SIGCONT");
  };
}

/** Returns the milliseconds until an address responds with 200. @throws Error after two minutes. */
export async function untilOk(url: string): Promise<number> {
  const startedAt = Date.now();
  for (; Date.now() - startedAt < 120_000; await pause(20)) {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (response?.ok) return Date.now() - startedAt;
  }
  throw new Error(`${url} did not become ready within two minutes.`);
}

async function processes(): Promise<{ pid: number; parent: number; command: string }[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), command: command ?? "" }] : [];
  });
}
