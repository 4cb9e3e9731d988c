import type { CategoricalProfile } from "./contract.ts";
import { levelName } from "./level-name.ts";

const known = new WeakMap<CategoricalProfile, ReadonlyMap<string, number>>();

/** Where each level of the reference is counted: by its place in the profile, and all rare ones after them. What is not here was never seen. */
export function levelIndices(profile: CategoricalProfile): ReadonlyMap<string, number> {
  const indices = known.get(profile);
  if (indices) return indices;
  const made = new Map(profile.levels.map(([level], index) => [level, index]));
  for (const level of profile.otherLevels) made.set(level, profile.levels.length);
  known.set(profile, made);
  return made;
}

/** Where a level is counted; −1 where the reference never had it. */
export function levelIndexOf(indices: ReadonlyMap<string, number>, level: string): number {
  // Nearly all levels are named by themselves.
  return indices.get(level) ?? indices.get(levelName(level)) ?? -1;
}
