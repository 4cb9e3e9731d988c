import { hash } from "node:crypto";

/** Returns the first 16 hexadecimal digits of the SHA-256 of a salt, U+0000 and a key: they represent the key, and determine its bucket. */
export function hashedUnit(salt: string, key: string): string {
  return hash("sha256", `${salt}\0${key}`, "hex").slice(0, 16);
}

/** Returns the bucket of a hashed unit from 0 up to 1, in steps of 2⁻⁵³: the unit is the canary's while that is below the weight. */
export function bucketOf(unit: string): number {
  const high = Number.parseInt(unit.slice(0, 8), 16);
  const low = Number.parseInt(unit.slice(8), 16);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

/**
 * Returns a unit's position in a rollout, from 0 to below 1. Uniform, the same for the same key, and reordered by every salt, so that
 * the same users are not always the first. As the weight grows, units only move to the canary.
 * @param salt drawn once per rollout.
 */
export function assignmentBucket(salt: string, key: string): number {
  return bucketOf(hashedUnit(salt, key));
}
