import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

const memory = "/dev/shm";
const prefix = "leeway-tests-";
/** `f_type` of a file system in memory. */
const tmpfs = 0x01021994;
/** The temporary files of all suites together take up to 5 GB of it; the tests themselves need the rest. */
const freeBytes = 12 * 2 ** 30;
const abandonedMs = 3_600_000;

/**
 * Keeps temporary files in memory where there is plenty, until this process ends. The tests create databases and folders by the hundred, and some file
 * systems create files up to twenty times slower while many have just been removed (ext4 without a journal looks at each of their inodes).
 * Elsewhere nothing changes. What a killed process has left is removed.
 */
export function keepTemporaryFilesInMemory(): void {
  if (process.env.TMPDIR !== undefined || !existsSync(memory)) return;
  removeAbandoned();
  const { type, bavail, bsize } = statfsSync(memory);
  if (type !== tmpfs || bavail * bsize < freeBytes || freemem() < freeBytes) return;
  const folder = mkdtempSync(join(memory, `${prefix}${process.pid}-`));
  // Postgres and the jobs of Slurm run as other users.
  chmodSync(folder, 0o1777);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  if (runsPrograms(folder)) process.env.TMPDIR = folder;
}

/** Containers often mount it so that no program in it can be started, which tests do. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, "program");
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
  return spawnSync(program).status === 0;
}

/** Where containers share this memory, the process of another one is not seen from here, but its folder changes all the time. */
function removeAbandoned(): void {
  for (const name of readdirSync(memory)) {
    if (!name.startsWith(prefix) || isRunning(Number.parseInt(name.slice(prefix.length), 10))) continue;
    const folder = join(memory, name);
    try {
      if (statSync(folder).mtimeMs < Date.now() - abandonedMs) rmSync(folder, { recursive: true, force: true });
    } catch {
      // It is of another user, or gone.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
