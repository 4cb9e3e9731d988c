import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Format and version of an encrypted text: "enc:v1:", the id of its key, ":", and base64url of nonce, tag and ciphertext. */
export const sealMark = "enc:v1:";
const nonceBytes = 12;
const tagBytes = 16;
const sealedPattern = /^enc:v1:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):([A-Za-z0-9_-]{38,})$/;

/**
 * Encrypts a text with AES-256-GCM (NIST SP 800-38D) and a random nonce of 96 bits.
 * @param binding what the text belongs to; the same must be given to open it
 */
export function sealText(key: Buffer, keyId: string, binding: readonly string[], text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(keyId, binding));
  const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return `${sealMark}${keyId}:${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString("base64url")}`;
}

/** Decrypts a sealed text. @throws when the key or the binding is another, or the text was changed */
export function openSealed(key: Buffer, binding: readonly string[], sealed: string): string {
  const [, keyId = "", encoded = ""] = sealedPattern.exec(sealed) ?? [];
  const bytes = Buffer.from(encoded, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(associatedData(keyId, binding));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString("utf8");
}

/** Returns the id of the key that encrypted a text; undefined for a readable one, as older versions stored it. */
export function keyIdOf(stored: string): string | undefined {
  return sealedPattern.exec(stored)?.[1];
}

/** JSON, so that no two lists of parts give the same bytes. */
function associatedData(keyId: string, binding: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([sealMark, keyId, ...binding]));
}
