import { createHash } from "node:crypto";

/**
 * A unit's place from 0 up to 1 in a rollout: the unit is the canary's while its place is below the weight. Uniform, the same for
 * the same key, and of a new order for every salt, so that the same users are not always the first. As the weight grows, units
 * only move to the canary. In steps of 2⁻⁵³, from the first 53 bits of SHA-256.
 * @param salt drawn once per rollout.
 */
export function assignmentBucket(salt: string, key: string): number {
  const hash = createHash("sha256").update(salt).update("\0").update(key).digest();
  return Number(hash.readBigUInt64BE(0) >> 11n) / 2 ** 53;
}
