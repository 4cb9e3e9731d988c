import { hash } from "node:crypto";

/** The first 16 hexadecimal digits of the SHA-256 of a salt, U+0000 and a key: they stand for the key, and say where it falls. */
export function hashedUnit(salt: string, key: string): string {
  return hash("sha256", `${salt}\0${key}`, "hex").slice(0, 16);
}

/** Where a hashed unit falls from 0 up to 1, in steps of 2⁻⁵³: the unit is the canary's while that is below the weight. */
export function bucketOf(unit: string): number {
  const high = Number.parseInt(unit.slice(0, 8), 16);
  const low = Number.parseInt(unit.slice(8), 16);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

/**
 * A unit's place from 0 up to 1 in a rollout. Uniform, the same for the same key, and of a new order for every salt, so that the
 * same users are not always the first. As the weight grows, units only move to the canary.
 * @param salt drawn once per rollout.
 */
export function assignmentBucket(salt: string, key: string): number {
  return bucketOf(hashedUnit(salt, key));
}
