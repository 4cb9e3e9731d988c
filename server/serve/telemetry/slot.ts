import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ownSlot, type SlotOwner } from "#server/base/slot-owner.ts";
import { replaceFile } from "./replace-file.ts";

/** A folder that one gateway process at a time writes to, and the id under which its counts are stored. */
export interface Slot extends SlotOwner {
  folder: string;
  /** Stays the same when the process is replaced. */
  gatewayId: string;
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
  const owner = ownSlot(folder);
  return owner && { ...owner, folder, gatewayId: gatewayIdOf(folder) };
}

/** Reads the id of a slot, or creates it. A file that a full disk left empty is no id. */
function gatewayIdOf(folder: string): string {
  const path = join(folder, "id");
  const known = readText(path);
  if (known !== "") return known;
  const created = `${hostname()}-${randomUUID().slice(0, 8)}`;
  replaceFile(path, created);
  return created;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
