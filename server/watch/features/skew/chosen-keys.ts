import { createHash } from "node:crypto";
import { digestOfKey } from "#server/develop/features/removal/digest-of-key.ts";

/** A key that was removed from a view (server/develop/features/removal). Its rows are gone, so its look-ups cannot be compared. */
export interface RemovedKey {
  id: string;
  /** SHA-256 of the id and the key, as hex. */
  keyDigest: string;
  /** Look-ups until then, in microseconds since 1970. */
  arrivedBy: number;
}

const hashes = 2 ** 32;

/** Returns the share of the keys whose look-ups are compared: all, or a half, a quarter, … so that at most `most` are expected. */
export function shareOfKeys(lookUps: number, most: number): number {
  return lookUps <= most ? 1 : 2 ** Math.floor(Math.log2(most / lookUps));
}

/**
 * Returns whether look-ups of a key are compared. A key is chosen by its hash: all of its look-ups are, in every hour, and those of a smaller share
 * are among those of a larger one.
 */
export function chooseKeys(share: number, removed: readonly RemovedKey[]): (key: Buffer, servedAt: number) => boolean {
  return (key, servedAt) => {
    if (share < 1 && createHash("sha256").update(key).digest().readUInt32BE(0) >= share * hashes) return false;
    return !removed.some((one) => servedAt <= one.arrivedBy && digestOfKey(one.id, key) === one.keyDigest);
  };
}
