import { hkdfSync } from "node:crypto";
import { openSealed, sealText } from "./sealed-text.ts";

/** Encrypts data keys, and is never stored in the database. */
export interface MasterKey {
  /** Fingerprint, which may be shown and stored. */
  id: string;
  wrappingKey: Buffer;
}

export const masterKeyBytes = 32;

/**
 * Reads a master key: 32 bytes in base64. The fingerprint and the wrapping key are derived from it (HKDF, RFC 5869), so that neither
 * says anything about the other.
 * @returns undefined for any other text
 */
export function parseMasterKey(text: string): MasterKey | undefined {
  const encoded = text.trim();
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, "base64");
  return {
    id: derive(key, "leeway master key id", 8).toString("hex"),
    wrappingKey: derive(key, "leeway data key wrapping", masterKeyBytes),
  };
}

/** Encrypts a data key, bound to its id. */
export function wrapDataKey({ id, wrappingKey }: MasterKey, keyId: string, dataKey: Buffer): string {
  return sealText(wrappingKey, keyId, ["encryption_keys", id], dataKey.toString("base64"));
}

/** Decrypts a data key. @throws when it was encrypted by another master key, or is another data key */
export function unwrapDataKey({ id, wrappingKey }: MasterKey, wrapped: string): Buffer {
  return Buffer.from(openSealed(wrappingKey, ["encryption_keys", id], wrapped), "base64");
}

function derive(key: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "", purpose, bytes));
}
