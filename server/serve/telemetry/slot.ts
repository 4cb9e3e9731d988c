import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A folder that one gateway process at a time writes to, and the id under which its counts are stored. */
export interface Slot {
  folder: string;
  /** Stays the same when the process is replaced. */
  gatewayId: string;
  release(): void;
}

/** Takes the first slot in a folder that no living process holds, or a new one. */
export function claimSlot(root: string): Slot {
  for (let number = 0; ; number += 1) {
    const slot = claim(join(root, String(number)));
    if (slot) return slot;
  }
}

/** Takes all other slots that were left behind, to store what lies in them. */
export function claimAbandonedSlots(root: string): Slot[] {
  return readdirSync(root)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => claim(join(root, name)))
    .filter((slot) => slot !== undefined);
}

function claim(folder: string): Slot | undefined {
  mkdirSync(folder, { recursive: true });
  const ownerFile = join(folder, "owner");
  if (isOwned(ownerFile)) return undefined;
  const mark = `${process.pid} ${startOf(process.pid)} ${randomUUID()}`;
  writeFileSync(ownerFile, mark);
  const idFile = join(folder, "id");
  if (!existsSync(idFile)) writeFileSync(idFile, `${hostname()}-${randomUUID().slice(0, 8)}`);
  const release = () => {
    if (existsSync(ownerFile) && readFileSync(ownerFile, "utf8") === mark) rmSync(ownerFile);
  };
  return { folder, gatewayId: readFileSync(idFile, "utf8"), release };
}

function isOwned(ownerFile: string): boolean {
  if (!existsSync(ownerFile)) return false;
  const [pid = "", start] = readFileSync(ownerFile, "utf8").split(" ");
  return isAlive(Number(pid)) && startOf(Number(pid)) === start;
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
