import type { CategoricalProfile } from "./contract.ts";
import { levelName } from "./level-name.ts";

const known = new WeakMap<CategoricalProfile, ReadonlyMap<string, number>>();

/**
 * Returns the index at which each level of the reference is counted: its position in the profile, with all rare ones after them. Absent
 * levels are unseen.
 */
export function levelIndices(profile: CategoricalProfile): ReadonlyMap<string, number> {
  const indices = known.get(profile);
  if (indices) return indices;
  const made = new Map(profile.levels.map(([level], index) => [level, index]));
  for (const level of profile.otherLevels) made.set(level, profile.levels.length);
  known.set(profile, made);
  return made;
}

/** Returns the index at which a level is counted; −1 if it is absent from the reference. */
export function levelIndexOf(indices: ReadonlyMap<string, number>, level: string): number {
  // Nearly all levels need no normalisation.
  return indices.get(level) ?? indices.get(levelName(level)) ?? -1;
}
