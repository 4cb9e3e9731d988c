import { createHash } from "node:crypto";

/**
 * Whether a successful request is stored in the prediction log. The result for an id is the same everywhere and at any time: for a copy
 * as for its original. A larger share includes what a smaller one includes.
 * @param requestId made by the gateway, since a client may send the same id with each request
 * @param share from 0 (none) to 1 (all)
 */
export function isSampled(requestId: string, share: number): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  return createHash("sha256").update(requestId).digest().readUInt32BE(0) / 2 ** 32 < share;
}
