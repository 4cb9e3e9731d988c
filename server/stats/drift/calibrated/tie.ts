import { seededRandom } from "../../random.ts";

/** A whole number from names and counts, the same for the same (FNV-1a by words). */
export function seedOf(text: string, ...counts: ArrayLike<number>[]): number {
  let hash = 0x811c9dc5;
  const mix = (word: number) => {
    hash = Math.imul(hash ^ word, 0x01000193);
    hash ^= hash >>> 15;
  };
  for (let at = 0; at < text.length; at += 1) mix(text.charCodeAt(at));
  for (const list of counts) for (let at = 0; at < list.length; at += 1) mix((list[at] as number) | 0);
  return hash | 0;
}

/**
 * A number from 0 to 1 that settles ties. Tables of few rows take few values: no fixed line on them alarms in exactly α of the
 * windows. A table that lies on the line itself therefore alarms for a share of its windows only (Stevens, "Fiducial limits of the
 * parameter of a discontinuous distribution", 1950); the share is drawn from the window's own counts and name, so that the
 * same window always gets the same verdict.
 */
export function tieBreak(seed: number): number {
  return seededRandom(seed)();
}

/** Equal but for rounding. */
export function isTie(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300);
}
