import { seededRandom } from "../../random.ts";

/** Computes a reproducible integer from names and counts (FNV-1a by words). */
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
 * Returns a number from 0 to 1 that breaks ties. Tables of few rows have few possible values: no fixed threshold on them alarms in
 * exactly α of the windows. A table exactly at the threshold therefore alarms in only a share of its windows (Stevens, "Fiducial
 * limits of the parameter of a discontinuous distribution", 1950); the number is drawn from the window's own counts and name, so that
 * the same window always gets the same verdict.
 */
export function tieBreak(seed: number): number {
  return seededRandom(seed)();
}

/** Checks for equality, ignoring rounding errors. */
export function isTie(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300);
}
