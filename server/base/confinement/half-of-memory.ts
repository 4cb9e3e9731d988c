import { totalmem } from "node:os";

/** Returns half of the memory of this machine, or of its container, in bytes. */
export function halfOfMemory(): number {
  const container = process.constrainedMemory();
  return Math.floor((container > 0 ? Math.min(container, totalmem()) : totalmem()) / 2);
}
