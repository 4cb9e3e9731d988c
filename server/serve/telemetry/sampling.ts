import { createHash } from "node:crypto";

/**
 * Whether a successful request is stored in the prediction log. The result for a request id is the same everywhere and at
 * any time, so that a retry or a second gateway neither doubles nor drops it; a larger share includes what a smaller one includes.
 * @param share from 0 (none) to 1 (all)
 */
export function isSampled(requestId: string, share: number): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  return createHash("sha256").update(requestId).digest().readUInt32BE(0) / 2 ** 32 < share;
}
