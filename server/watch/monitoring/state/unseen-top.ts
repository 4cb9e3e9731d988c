import { levelName } from "./level-name.ts";

/** Maximum number of unseen levels stored by name. */
const maxStored = 16;
/**
 * Counts an unseen level in a space-saving list (Metwally 2005): when the list is full, the new level replaces the rarest one and takes
 * over its count, so that a frequent level is always present, over-counted by at most the rarest count.
 */
export function addUnseen(top: Map<string, number>, level: string, count: number): void {
  const name = levelName(level);
  const known = top.get(name);
  if (known !== undefined || top.size < maxStored) {
    top.set(name, (known ?? 0) + count);
    return;
  }
  let rarest: [string, number] = ["", Number.POSITIVE_INFINITY];
  for (const entry of top) if (entry[1] < rarest[1]) rarest = entry;
  top.delete(rarest[0]);
  top.set(name, rarest[1] + count);
}
