import { createHash } from "node:crypto";

/** Returns the digest by which the receipt of a removal knows its key. @param id of the removal */
export function digestOfKey(id: string, key: Buffer): string {
  return createHash("sha256").update(id).update(key).digest("hex");
}
