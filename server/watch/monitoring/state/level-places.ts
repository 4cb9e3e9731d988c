import type { CategoricalProfile } from "./contract.ts";
import { levelName } from "./level-name.ts";

const known = new WeakMap<CategoricalProfile, ReadonlyMap<string, number>>();

/** Where each level of the reference is counted: by its place in the profile, and all rare ones after them. What is not here was never seen. */
export function levelPlaces(profile: CategoricalProfile): ReadonlyMap<string, number> {
  const places = known.get(profile);
  if (places) return places;
  const made = new Map(profile.levels.map(([level], place) => [level, place]));
  for (const level of profile.otherLevels) made.set(level, profile.levels.length);
  known.set(profile, made);
  return made;
}

/** Where a level is counted; −1 where the reference never had it. */
export function levelPlaceOf(places: ReadonlyMap<string, number>, level: string): number {
  // Nearly all levels are named by themselves.
  return places.get(level) ?? places.get(levelName(level)) ?? -1;
}
