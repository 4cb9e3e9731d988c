import { randomUUID } from "node:crypto";
import { linkSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A process on another machine or in another container cannot be inspected. It owns a slot while it touches it. */
const silentMs = 120_000;

const touchMs = silentMs / 4;

/** Ownership of a folder by this process. */
export interface SlotOwner {
  release(): void;
}

/**
 * Takes a folder for this process, unless a living one owns it. Each owner has a file with the next number, which the file system creates
 * for one process only; the owner is who has the highest number. So no process ever removes the mark of another that may live, and of
 * simultaneous starts one wins. @returns undefined when the folder is owned
 */
export function ownSlot(folder: string): SlotOwner | undefined {
  const numbers = ownerNumbers(folder);
  const highest = numbers.at(-1) ?? 0;
  if (numbers.length > 0 && isOwned(pathOf(folder, highest))) return undefined;
  // Releases before this one have a single file, which is checked and then written.
  const former = join(folder, "owner");
  if (isOwned(former)) return undefined;
  const mark = `${process.pid} ${startOf(process.pid)} ${randomUUID()} ${hostname()}`;
  const own = highest + 1;
  if (!createWhole(pathOf(folder, own), mark)) return undefined;
  if (ownerNumbers(folder).at(-1) !== own) {
    rmSync(pathOf(folder, own), { force: true });
    return undefined;
  }
  for (const number of numbers) rmSync(pathOf(folder, number), { force: true });
  writeFileSync(former, mark);
  const touching = setInterval(() => touch(pathOf(folder, own)), touchMs).unref();
  return {
    release: () => {
      clearInterval(touching);
      release(folder, own, mark);
    },
  };
}

function release(folder: string, own: number, mark: string): void {
  const former = join(folder, "owner");
  if (textOf(former) === mark) rmSync(former, { force: true });
  if (textOf(pathOf(folder, own)) === mark) rmSync(pathOf(folder, own), { force: true });
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // A process of this machine is found by its id. Others wait longer.
  }
}

/** The file appears with its content, or not at all. @returns false when there is one already */
function createWhole(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}.${randomUUID()}.draft`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function ownerNumbers(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^owner\.(\d+)$/.exec(name)?.[1]))
    .filter((number) => number > 0)
    .sort((one, other) => one - other);
}

function isOwned(path: string): boolean {
  const text = textOf(path);
  if (text === undefined) return false;
  const [pid = "", start, , host = hostname()] = text.split(" ");
  if (host !== hostname()) return Date.now() - touchedAt(path) < silentMs;
  return isAlive(Number(pid)) && startOf(Number(pid)) === start;
}

function touchedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** Undefined when the file is gone: its owner has released it. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Returns the start time of a process, if the system reports it: process ids are reused, in containers soon. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 22; the name in field 2 may hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "unknown";
  }
}

function pathOf(folder: string, number: number): string {
  return join(folder, `owner.${number}`);
}
