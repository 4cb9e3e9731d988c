import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { StartError } from "./start-error.ts";

const fastSeconds = 30;
const immediateSeconds = 10;

/**
 * Ensures that no server runs on a data folder: stops one that a killed Leeway left behind, and removes a lock file whose
 * process id now belongs to something else (in a container, process ids repeat at every start).
 * Any other leftover is left to Postgres, which knows from its shared memory whether the folder is free.
 * @returns the process that was stopped, if there was one.
 */
export async function stopLeftover(dataFolder: string): Promise<number | undefined> {
  const lockFile = join(dataFolder, "postmaster.pid");
  const text = await readFile(lockFile, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  if (!isServerOf(dataFolder, await commandOf(pid))) {
    await rm(lockFile, { force: true });
    return undefined;
  }
  if (await stopServer(pid)) return pid;
  throw new StartError(
    `Another Postgres (process ${pid}) is using ${dataFolder} and does not stop. Stop it, then start Leeway again.`,
  );
}

/** Stops a server with a checkpoint, or without one when that takes too long. @returns whether it is gone. */
export async function stopServer(pid: number): Promise<boolean> {
  for (const [signal, seconds] of [
    ["SIGINT", fastSeconds],
    ["SIGQUIT", immediateSeconds],
  ] as const) {
    send(pid, signal);
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) {
      if (!isAlive(pid)) return true;
    }
  }
  return false;
}

/** Whether a command line is that of a Postgres server on this folder, and not on another one or of another program. */
export function isServerOf(dataFolder: string, command: string): boolean {
  const [program = "", rest] = command.split(" -D ");
  return (
    /(^|\/)(postgres|postmaster)$/.test(program) && (rest === dataFolder || rest?.startsWith(`${dataFolder} `) === true)
  );
}

async function commandOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(async () => ({
    // Slim container images have no ps.
    stdout: (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "),
  }));
  return stdout.trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}
